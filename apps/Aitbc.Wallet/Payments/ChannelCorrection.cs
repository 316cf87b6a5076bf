using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Payments;

/// <summary>
/// What a corrective 402 says of a channel: another total was charged. It is believed only as far as a voucher with a
/// signature of this budget's key reaches, never below what the chain shows as claimed, and only if it changes
/// something.
/// </summary>
/// <param name="Charged">The total that the server has charged.</param>
/// <param name="Signed">The total of the voucher that it shows.</param>
internal sealed record ChannelCorrection(UInt256 Charged, UInt256 Signed)
{
    private static readonly string[] Codes =
    [
        "invalid_batch_settlement_evm_cumulative_amount_mismatch",
        "invalid_batch_settlement_evm_cumulative_below_claimed",
    ];

    public static ChannelCorrection? Read(ChannelRow channel, SpendRow row, PaymentRequired? required)
    {
        if (required?.Error is not { } error || !Codes.Contains(error))
            return null;
        foreach (var offer in required.Offers)
        {
            if (offer.Scheme == PaymentOffer.BatchSettlement
                && offer.PayTo == Address.FromBytes(channel.Receiver)
                && ReadOffer(channel, offer) is { } said
                && said.Charged != ChannelBook.Value(row.Claimable!) - ChannelBook.Value(row.Price!))
                return said;
        }

        return null;
    }

    private static ChannelCorrection? ReadOffer(ChannelRow channel, PaymentOffer offer)
    {
        if (Amount(offer, "channelState", "chargedCumulativeAmount") is not { } charged
            || Amount(offer, "voucherState", "signedMaxClaimable") is not { } signed
            || Member(offer, "voucherState", "signature") is not { ValueKind: JsonValueKind.String } text
            || !Hex.TryParse(text.GetString()!, out var bytes)
            || !Signature.TryParse65(bytes, out var signature)
            || charged > signed || charged < ChannelBook.Value(channel.Claimed)
            || !ChannelMath.TryNext(signed, default, out _))
            return null;
        var digest = ChannelMessages.Voucher(
            ChannelBook.Value(channel.ChainId), Hash256.FromBytes(channel.ChannelId), signed);
        return Secp256k1.TryRecover(digest, signature, out var signer)
            && signer == Address.FromBytes(channel.Authorizer)
            ? new ChannelCorrection(charged, signed)
            : null;
    }

    private static UInt256? Amount(PaymentOffer offer, string group, string name) =>
        Member(offer, group, name) is { ValueKind: JsonValueKind.String } value
            && UInt256.TryParse(value.GetString(), out var amount)
            ? amount
            : null;

    private static JsonElement? Member(PaymentOffer offer, string group, string name) =>
        offer.ExtraElement(group) is { ValueKind: JsonValueKind.Object } parent
            && parent.TryGetProperty(name, out var value)
            ? value
            : null;
}
