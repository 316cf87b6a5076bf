using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.X402;

/// <summary>
/// Reads and writes the headers of x402, version 2 (specs/wallet.md, Payments). What a server sent is hostile: every
/// length is bounded, and whatever is not of the named form is no offer.
/// </summary>
public static class X402Codec
{
    private const int Version = 2;
    private const int DeepestJson = 32;
    private const int LongestNumber = 78; // digits of 2^256
    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = DeepestJson,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads the value of <see cref="X402Headers.Required"/>.</summary>
    /// <param name="header">The header's value; at most <see cref="X402Headers.LongestValue"/> characters.</param>
    /// <param name="required">What it says.</param>
    /// <param name="fault">Why it is not readable, as a sentence.</param>
    public static bool TryReadRequired(
        string? header, [NotNullWhen(true)] out PaymentRequired? required, [NotNullWhen(false)] out string? fault)
    {
        required = null;
        if (Decode(header, out var unreadable) is not { } root)
        {
            fault = unreadable ?? "It cannot be read.";
            return false;
        }

        fault = null;
        if (!root.TryGetProperty("accepts", out var accepts) || accepts.ValueKind != JsonValueKind.Array
            || accepts.GetArrayLength() is 0 or > PaymentRequired.MostOffers)
        {
            fault = $"accepts is not a list of 1 to {PaymentRequired.MostOffers} offers.";
            return false;
        }

        required = new PaymentRequired
        {
            Offers = [.. accepts.EnumerateArray().Select(ReadOffer).OfType<PaymentOffer>()],
            Error = Text(root, "error"),
            Resource = Object(root, "resource"),
            Extensions = Object(root, "extensions"),
        };
        return true;
    }

    /// <summary>Reads the value of <see cref="X402Headers.Response"/>; null if it is none.</summary>
    public static PaymentResponse? ReadResponse(string? header)
    {
        if (Decode(header, out _, checkVersion: false) is not { } root
            || !root.TryGetProperty("success", out var success)
            || success.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            return null;
        var extra = Object(root, "extra");
        var state = extra is { } e ? Object(e, "channelState") : null;
        return new PaymentResponse
        {
            Success = success.ValueKind == JsonValueKind.True,
            ErrorReason = Text(root, "errorReason"),
            Transaction = Hash256.TryParse(Text(root, "transaction"), out var hash) ? hash : null,
            ChargedAmount = Amount(Member(extra, "chargedAmount")),
            ChargedCumulative = Amount(Member(state, "chargedCumulativeAmount")),
        };
    }

    /// <summary>The value of <see cref="X402Headers.Signature"/>.</summary>
    /// <param name="required">What was asked for.</param>
    /// <param name="chosen">The offer that is paid.</param>
    /// <param name="writePayload">Writes the scheme's payload as one JSON value.</param>
    public static string WritePayment(
        PaymentRequired required, PaymentOffer chosen, Action<Utf8JsonWriter> writePayload)
    {
        ArgumentNullException.ThrowIfNull(required);
        ArgumentNullException.ThrowIfNull(chosen);
        ArgumentNullException.ThrowIfNull(writePayload);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("x402Version", Version);
            writer.WritePropertyName("payload");
            writePayload(writer);
            writer.WritePropertyName("accepted");
            chosen.Raw.WriteTo(writer);
            Echo(writer, "resource", required.Resource);
            Echo(writer, "extensions", required.Extensions);
            writer.WriteEndObject();
        }

        return Convert.ToBase64String(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    internal static UInt256? Amount(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.String } value && value.GetString() is { } text && IsDecimal(text)
            && UInt256.TryParse(text, out var amount)
            ? amount
            : null;

    /// <summary>Reads one offer (<c>PaymentRequirements</c>); null if it is not of that form.</summary>
    /// <param name="raw">JSON whose texts can be read, and that outlives the answer.</param>
    public static PaymentOffer? ReadOffer(JsonElement raw) =>
        raw.ValueKind == JsonValueKind.Object
            && Text(raw, "scheme") is { } scheme
            && Text(raw, "network") is { } network
            && Amount(Member(raw, "amount")) is { } amount
            && Address.TryParse(Text(raw, "asset"), out var asset)
            && Address.TryParse(Text(raw, "payTo"), out var payTo)
            && Member(raw, "maxTimeoutSeconds") is { ValueKind: JsonValueKind.Number } timeout
            && timeout.TryGetInt64(out var seconds) && seconds > 0
            ? new PaymentOffer
            {
                Scheme = scheme,
                Network = network,
                Amount = amount,
                Asset = asset,
                PayTo = payTo,
                MaxTimeoutSeconds = seconds,
                Raw = raw,
            }
            : null;

    private static JsonElement? Decode(string? header, out string? fault, bool checkVersion = true)
    {
        fault = "The header is not base64 of a JSON object.";
        if (header is null or { Length: 0 or > X402Headers.LongestValue })
            return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length))
            return null;
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length), Strict);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !IsText(json.RootElement))
                return null;
            if (checkVersion && !(json.RootElement.TryGetProperty("x402Version", out var version)
                && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number)
                && number == Version))
            {
                fault = "It is not of x402 version 2.";
                return null;
            }

            fault = null;
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsDecimal(string text) =>
        text.Length is > 0 and <= LongestNumber && text.All(char.IsAsciiDigit);

    // JSON can escape half a surrogate pair, which no text can hold.
    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString() is not null,
                JsonValueKind.Array => element.EnumerateArray().All(IsText),
                JsonValueKind.Object => element.EnumerateObject().All(p => p.Name is not null && IsText(p.Value)),
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Echo(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } element)
            return;
        writer.WritePropertyName(name);
        element.WriteTo(writer);
    }

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } p && p.TryGetProperty(name, out var value) ? value : null;

    private static JsonElement? Object(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
