using System.Globalization;
using System.Text.Json;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Link;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>What a client asks the gateway: the call, which passes as it came, and how to choose who gets it.</summary>
internal sealed record GatewayAsk
{
    public const string ProviderHeader = "X-Aitbc-Provider";
    public const string ExcludeHeader = "X-Aitbc-Exclude";
    public const string MaxPriceHeader = "X-Aitbc-Max-Price";
    public const string PrivacyHeader = "X-Aitbc-Privacy";
    public const string RegionHeader = "X-Aitbc-Region";

    private const int MostExcluded = 32;
    private const ulong UsualOutput = 1024;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public required ProviderCall Call { get; init; }

    public required string Model { get; init; }

    /// <summary>The most tokens of the answer, as asked; 1,024 if it does not say.</summary>
    public required ulong Output { get; init; }

    /// <summary>The value of PAYMENT-SIGNATURE; null = unpaid.</summary>
    public string? Payment { get; init; }

    /// <summary>Only this provider.</summary>
    public Address? Provider { get; init; }

    public IReadOnlySet<Address> Excluded { get; init; } = new HashSet<Address>();

    /// <summary>The most that the request may cost, in atto-AIT.</summary>
    public UInt256? MaxPrice { get; init; }

    public int PrivacyRank { get; init; }

    public string? Region { get; init; }

    /// <summary>Throws a problem of status 400.</summary>
    public static GatewayAsk Read(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var headers = http.Request.Headers;
        var (model, output) = Parse(body);
        return new GatewayAsk
        {
            Call = CallOf(http, body),
            Model = model,
            Output = output,
            Payment = Text(headers, X402Headers.Signature),
            Provider = Account(Text(headers, ProviderHeader), ProviderHeader),
            Excluded = Text(headers, ExcludeHeader) is { } list
                ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Take(MostExcluded).Select(a => Account(a, ExcludeHeader)!.Value).ToHashSet()
                : [],
            MaxPrice = Text(headers, MaxPriceHeader) is not { } most ? null
                : UInt256.TryParse(most, out var price) ? price : throw Wrong(MaxPriceHeader, "an integer of atto-AIT"),
            PrivacyRank = PrivacyClass.Rank(Text(headers, PrivacyHeader) ?? PrivacyClass.Open)
                ?? throw Wrong(PrivacyHeader, "open, no-log or attested"),
            Region = Text(headers, RegionHeader),
        };
    }

    /// <summary>The call as a provider gets it: its path, its body, and the headers that may cross.</summary>
    public static ProviderCall CallOf(HttpContext http, ReadOnlyMemory<byte> body)
    {
        var crossing = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in LinkHeaders.OfRequests)
        {
            if (Text(http.Request.Headers, name) is { } value && LinkHeaders.MayAsk(name, value))
                crossing[name] = value;
        }

        return new ProviderCall(http.Request.Method, http.Request.Path.Value!, crossing, body);
    }

    public static Address? Account(string? text, string header) => text is null ? null
        : Address.TryParse(text, out var account) ? account : throw Wrong(header, "an account");

    private static (string Model, ulong Output) Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Strict);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("model", out var name)
                && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 and <= 256 } model)
                return (model, Limit(json.RootElement, "max_completion_tokens")
                    ?? Limit(json.RootElement, "max_tokens") ?? UsualOutput);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Answered below.
        }

        throw Refusal.Invalid("The body must be a JSON object with the name of a model.");
    }

    private static ulong? Limit(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetUInt32(out var limit) ? limit : null;

    private static string? Text(IHeaderDictionary headers, string name) =>
        headers[name].ToString() is { Length: > 0 } text ? text : null;

    private static Sdk.Errors.AitbcException Wrong(string header, string wanted) =>
        Refusal.Invalid(string.Create(CultureInfo.InvariantCulture, $"{header} must be {wanted}."));
}
