using System.Text.Json;
using Aitbc.Primitives;
using static Aitbc.Sdk.X402.PaymentJson;

namespace Aitbc.Sdk.X402;

/// <summary>
/// Reads a payment as a client shows it (x402, version 2; npm @x402/evm). Whatever is not of the form that x402 names
/// is null; nothing of it is believed here.
/// </summary>
public static class PaymentReader
{
    private const int Version = 2;

    /// <summary>The largest amount of a channel, uint128 on the chain.</summary>
    public static readonly UInt256 MostOfChannel = new(ulong.MaxValue, ulong.MaxValue, 0, 0);

    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = 32,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads the value of <see cref="X402Headers.Signature"/>; null if it is none.</summary>
    /// <param name="header">At most <see cref="X402Headers.LongestValue"/> characters.</param>
    public static PresentedPayment? Read(string header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header.Length is 0 or > X402Headers.LongestValue)
            return null;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header, bytes, out var length))
            return null;
        try
        {
            using var json = JsonDocument.Parse(bytes.AsMemory(0, length), Strict);
            return Read(json.RootElement.Clone());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a <c>PaymentPayload</c>; null if it is none.</summary>
    /// <param name="payment">JSON of at most 32 levels that outlives the answer.</param>
    public static PresentedPayment? Read(JsonElement payment)
    {
        try
        {
            return Payment(payment);
        }
        catch (Exception e) when (PaymentJson.IsOfForm(e))
        {
            return null;
        }
    }

    private static PresentedPayment? Payment(JsonElement root)
    {
        if (root.GetProperty("x402Version").GetInt32() != Version)
            return null;
        var (payload, accepted) = (root.GetProperty("payload"), root.GetProperty("accepted"));
        if (accepted.ValueKind != JsonValueKind.Object)
            return null;
        return payload.TryGetProperty("authorization", out var authorization)
            ? new PresentedTransfer(accepted, Authorization(authorization), Bytes(payload, "signature"))
            : Voucher(accepted, payload);
    }

    private static TokenAuthorization Authorization(JsonElement a) => new(
        Account(a, "from"), Account(a, "to"), Number(a, "value"), Seconds(a, "validAfter"),
        Seconds(a, "validBefore"), Word(a, "nonce"));

    private static PresentedVoucher? Voucher(JsonElement accepted, JsonElement payload)
    {
        var type = Text(payload, "type");
        if (type is not ("voucher" or "deposit" or "refund"))
            return null;
        var config = Config(payload.GetProperty("channelConfig"));
        var voucher = payload.GetProperty("voucher");
        return new PresentedVoucher(
            accepted,
            config,
            Word(voucher, "channelId"),
            Small(voucher, "maxClaimableAmount"),
            Bytes(voucher, "signature"),
            payload.TryGetProperty("deposit", out var deposit) ? Deposit(deposit) : null)
        {
            IsRefund = type == "refund",
            RefundAmount =
                type == "refund" && payload.TryGetProperty("amount", out _) ? Small(payload, "amount") : null,
        };
    }

    private static PresentedDeposit Deposit(JsonElement deposit)
    {
        var a = deposit.GetProperty("authorization").GetProperty("erc3009Authorization");
        return new PresentedDeposit(
            Small(deposit, "amount"), Seconds(a, "validAfter"), Seconds(a, "validBefore"), Word(a, "salt"),
            Bytes(a, "signature"));
    }
}
