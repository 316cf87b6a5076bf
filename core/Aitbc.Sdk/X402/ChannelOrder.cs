using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.X402;

/// <summary>
/// What a receiver has a facilitator hand in (npm @x402/evm): a claim, a payout or a refund. The receiver's own
/// authorizer has signed it; a facilitator needs no right of its own.
/// </summary>
public abstract record ChannelOrder
{
    /// <summary>Most rows of one claim.</summary>
    public const int MostRows = 100;

    /// <summary>
    /// Reads the <c>payload</c> of types <c>claim</c>, <c>settle</c> and <c>refund</c> with its amount; null if it is
    /// none of these.
    /// </summary>
    /// <param name="payment">A <c>PaymentPayload</c> of at most 32 levels that outlives the answer.</param>
    public static ChannelOrder? Read(JsonElement payment)
    {
        try
        {
            var payload = payment.GetProperty("payload");
            return PaymentJson.Text(payload, "type") switch
            {
                "claim" => new ChannelClaim(Rows(payload), Signature(payload, "claimAuthorizerSignature")),
                "settle" => new ChannelPayout(
                    PaymentJson.Account(payload, "receiver"), PaymentJson.Account(payload, "token")),
                "refund" => new ChannelRefund(
                    PaymentJson.Config(payload.GetProperty("channelConfig")),
                    PaymentJson.Small(payload, "amount"),
                    PaymentJson.Number(payload, "refundNonce"),
                    Signature(payload, "refundAuthorizerSignature"),
                    new ChannelClaim(Rows(payload), Signature(payload, "claimAuthorizerSignature"))),
                _ => null,
            };
        }
        catch (Exception e) when (PaymentJson.IsOfForm(e))
        {
            return null;
        }
    }

    private static List<ChannelClaimRow> Rows(JsonElement payload)
    {
        var rows = payload.GetProperty("claims");
        if (rows.GetArrayLength() > MostRows)
            throw new FormatException();
        return [.. rows.EnumerateArray().Select(row => new ChannelClaimRow(
            PaymentJson.Config(row.GetProperty("voucher").GetProperty("channel")),
            PaymentJson.Small(row.GetProperty("voucher"), "maxClaimableAmount"),
            PaymentJson.Bytes(row, "signature"),
            PaymentJson.Small(row, "totalClaimed")))];
    }

    private static byte[]? Signature(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out _) ? PaymentJson.Bytes(payload, name) : null;
}

/// <summary>One channel's part of a claim.</summary>
/// <param name="Config">Its parties and terms.</param>
/// <param name="Signed">The voucher, in atto-AIT; below 2^128.</param>
/// <param name="Signature">The voucher's signature, 65 bytes.</param>
/// <param name="Total">What is claimed in total; at most the voucher.</param>
public sealed record ChannelClaimRow(ChannelConfig Config, UInt256 Signed, byte[] Signature, UInt256 Total);

/// <summary>Claims what vouchers allow; nothing is paid out yet.</summary>
/// <param name="Rows">At most <see cref="ChannelOrder.MostRows"/>.</param>
/// <param name="Signature">Of the rows, by the receiver's authorizer; null = none.</param>
public sealed record ChannelClaim(IReadOnlyList<ChannelClaimRow> Rows, byte[]? Signature) : ChannelOrder;

/// <summary>Pays out what was claimed for a receiver.</summary>
/// <param name="Receiver">Who is paid.</param>
/// <param name="Token">The token.</param>
public sealed record ChannelPayout(Address Receiver, Address Token) : ChannelOrder;

/// <summary>Gives a payer back what is left in a channel, after a last claim.</summary>
/// <param name="Config">Parties and terms of the channel.</param>
/// <param name="Amount">The most that goes back, in atto-AIT; below 2^128.</param>
/// <param name="Nonce">The channel's next number of a refund.</param>
/// <param name="Signature">Of the refund, by the receiver's authorizer; null = none.</param>
/// <param name="Claim">What is claimed before; its rows may be none.</param>
public sealed record ChannelRefund(
    ChannelConfig Config, UInt256 Amount, UInt256 Nonce, byte[]? Signature, ChannelClaim Claim) : ChannelOrder;
