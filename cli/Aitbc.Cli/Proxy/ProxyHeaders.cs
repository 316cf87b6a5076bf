using System.Net;
using System.Net.Http.Headers;
using Aitbc.Sdk.Link;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Proxy;

/// <summary>
/// Which headers cross: those that cross a link, but for what pays, and those of a gateway (specs/market/link.md,
/// gateway.md). No credential of a client does, least of all the budget's token.
/// </summary>
internal static class ProxyHeaders
{
    public const string Answer = "X-Aitbc-Answer";
    public const string Provider = "X-Aitbc-Provider";
    public const string Key = "Idempotency-Key";
    private const int LongestToken = 256;
    private const string Bearer = "Bearer ";

    // The type of a body goes with the body, and what pays is the proxy's.
    private static readonly string[] Own =
        ["Content-Type", "X-Aitbc-Pay", X402Headers.Signature, X402Headers.Required];

    private static readonly string[] OfRequests =
    [
        .. LinkHeaders.OfRequests.Except(Own, StringComparer.OrdinalIgnoreCase),
        Provider, "X-Aitbc-Exclude", "X-Aitbc-Max-Price", "X-Aitbc-Privacy", "X-Aitbc-Region",
    ];

    private static readonly string[] OfAnswers =
        [.. LinkHeaders.OfAnswers.Except(Own, StringComparer.OrdinalIgnoreCase), Provider, "X-Aitbc-Failover"];

    /// <summary>The API key; null if there is none that could be a token.</summary>
    public static string? Token(HttpListenerRequest request) =>
        request.Headers["Authorization"] is { } value && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && value[Bearer.Length..].Trim() is { Length: > 0 and <= LongestToken } token
            && token.All(char.IsAsciiLetterOrDigit)
            ? token
            : null;

    public static void Pass(HttpListenerRequest from, HttpRequestMessage to)
    {
        foreach (var name in OfRequests)
        {
            if (from.Headers[name] is { } value)
                to.Headers.TryAddWithoutValidation(name, value);
        }

        if (to.Content is { } content && MediaTypeHeaderValue.TryParse(from.ContentType, out var type))
            content.Headers.ContentType = type;
    }

    public static void Pass(HttpResponseMessage from, HttpListenerResponse to)
    {
        foreach (var name in OfAnswers)
        {
            if (Find(from, name) is { } value)
                to.Headers[name] = value;
        }

        if (from.Content.Headers.ContentType is { } type)
            to.ContentType = type.ToString();
    }

    public static string? Find(HttpResponseMessage from, string name) =>
        from.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
