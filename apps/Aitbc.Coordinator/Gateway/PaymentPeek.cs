using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Reads of a payment whom it pays, so that it goes to nobody else. Whether it is good is for the payee to say.
/// </summary>
internal static class PaymentPeek
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>Null if it names nobody.</summary>
    public static Address? Payee(string header)
    {
        if (header.Length is 0 or > X402Headers.LongestValue)
            return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length))
            return null;
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length), Strict);
            return Address.TryParse(
                json.RootElement.GetProperty("accepted").GetProperty("payTo").GetString(), out var payee)
                ? payee : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// The most that a 402 asks for; null if it is not readable or asks to pay anybody but this provider.
    /// </summary>
    public static UInt256? Price(string? required, Address provider) =>
        X402Codec.TryReadRequired(required, out var asked, out _) && asked.Offers.Count > 0
            && asked.Offers.All(o => o.PayTo == provider)
            ? asked.Offers.Select(o => o.Amount).Aggregate((a, b) => a > b ? a : b) : null;
}
