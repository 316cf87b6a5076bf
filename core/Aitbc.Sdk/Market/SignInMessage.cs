using System.Globalization;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Market;

/// <summary>A sign-in message of EIP-4361, in the one form that this market uses.</summary>
public sealed record SignInMessage
{
    private const string Request = " wants you to sign in with your Ethereum account:";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int PlainLines = 11;
    private const string Statement = "Sign in to the AITBC market. This pays nothing.";

    /// <summary>Who asks: host and port.</summary>
    public required string Domain { get; init; }

    /// <summary>Who signs in.</summary>
    public required Address Address { get; init; }

    /// <summary>What the token will be for.</summary>
    public required string Uri { get; init; }

    /// <summary>The market's chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>At least 8 letters and digits; accepted once.</summary>
    public required string Nonce { get; init; }

    /// <summary>When it was made; whole seconds, UTC.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When it ends; whole seconds, UTC.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What the token shall be for, of <see cref="AccessScope"/>; null = everything.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>The text to sign (EIP-191).</summary>
    public override string ToString() => new StringBuilder()
        .Append(Domain).Append(Request).Append('\n')
        .Append(Address.ToString()).Append("\n\n")
        .Append(Statement).Append("\n\n")
        .Append("URI: ").Append(Uri).Append('\n')
        .Append("Version: 1\n")
        .Append("Chain ID: ").Append(ChainId.ToString(CultureInfo.InvariantCulture)).Append('\n')
        .Append("Nonce: ").Append(Nonce).Append('\n')
        .Append("Issued At: ").Append(Text(IssuedAt)).Append('\n')
        .Append("Expiration Time: ").Append(Text(ExpiresAt))
        .Append(Scopes is null ? "" : "\nResources:")
        .AppendJoin("", (Scopes ?? []).Select(s => "\n- " + AccessScope.ToResource(s))).ToString();

    /// <summary>Reads the text back. Null if it is not exactly what <see cref="ToString"/> writes.</summary>
    public static SignInMessage? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n');
        if (lines.Length < PlainLines || lines.Length > PlainLines + 1 + AccessScope.All.Count
            || !lines[0].EndsWith(Request, StringComparison.Ordinal)
            || !Address.TryParse(lines[1], out var address)
            || !ulong.TryParse(
                After(lines[7], "Chain ID: "), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            || Time(After(lines[9], "Issued At: ")) is not { } issued
            || Time(After(lines[10], "Expiration Time: ")) is not { } expires
            || After(lines[5], "URI: ") is not { } uri
            || After(lines[8], "Nonce: ") is not { } nonce)
        {
            return null;
        }

        string[]? scopes = lines.Length == PlainLines
            ? null : [.. lines[(PlainLines + 1)..].Select(l => AccessScope.OfResource(After(l, "- ") ?? "") ?? "")];
        if (scopes is not null && AccessScope.Problem(scopes) is not null)
            return null;
        var message = new SignInMessage
        {
            Domain = lines[0][..^Request.Length],
            Address = address,
            Uri = uri,
            ChainId = id,
            Nonce = nonce,
            IssuedAt = issued,
            ExpiresAt = expires,
            Scopes = scopes,
        };
        return message.ToString() == text ? message : null;
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset? Time(string? text) => DateTimeOffset.TryParseExact(
        text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string? After(string line, string prefix) =>
        line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : null;
}
