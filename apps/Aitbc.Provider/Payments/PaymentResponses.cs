using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments;

/// <summary>Values of the header PAYMENT-RESPONSE.</summary>
internal static class PaymentResponses
{
    public static string Transferred(ProviderIdentity me, Address payer, Hash256 transaction, UInt256 amount) =>
        Write(json =>
        {
            Head(json, true, me, payer, transaction.ToHex());
            json.WriteString("amount", amount.ToString());
        });

    public static string Refunded(
        ProviderIdentity me, Address payer, Hash256 transaction, Hash256 channel, ChannelHolding view, UInt256 total,
        UInt256 amount) => Write(json =>
    {
        Head(json, true, me, payer, transaction.ToHex());
        json.WriteString("amount", amount.ToString());
        json.WriteStartObject("extra");
        State(json, channel, view, total);
        json.WriteEndObject();
    });

    public static string Refused(ProviderIdentity me, string code) => Write(json =>
    {
        json.WriteBoolean("success", false);
        json.WriteString("errorReason", code);
        json.WriteString("transaction", "");
        json.WriteString("network", PaymentOffers.Network(me));
    });

    /// <param name="me">This provider.</param>
    /// <param name="payer">Who pays.</param>
    /// <param name="deposit">Transaction of the deposit that came with it; null = none.</param>
    /// <param name="channel">The channel's id.</param>
    /// <param name="view">The channel on the chain.</param>
    /// <param name="believed">The total that the client's voucher builds on.</param>
    /// <param name="total">The total that is stated.</param>
    public static string Charged(
        ProviderIdentity me, Address payer, Hash256? deposit, Hash256 channel, ChannelHolding view, UInt256 believed,
        UInt256 total) => Write(json =>
    {
        Head(json, true, me, payer, deposit?.ToHex() ?? "");
        json.WriteString("amount", "");
        json.WriteStartObject("extra");
        json.WriteString("chargedAmount", (total > believed ? total - believed : UInt256.Zero).ToString());
        State(json, channel, view, total);
        json.WriteEndObject();
    });

    private static void State(Utf8JsonWriter json, Hash256 channel, ChannelHolding view, UInt256 total)
    {
        json.WriteStartObject("channelState");
        json.WriteString("channelId", channel.ToHex());
        json.WriteString("balance", view.Balance.ToString());
        json.WriteString("totalClaimed", view.Claimed.ToString());
        json.WriteNumber("withdrawRequestedAt", view.WithdrawingSince);
        json.WriteString("refundNonce", view.RefundNonce.ToString());
        json.WriteString("chargedCumulativeAmount", total.ToString());
        json.WriteEndObject();
    }

    private static void Head(
        Utf8JsonWriter json, bool success, ProviderIdentity me, Address payer, string transaction)
    {
        json.WriteBoolean("success", success);
        json.WriteString("payer", payer.ToString());
        json.WriteString("transaction", transaction);
        json.WriteString("network", PaymentOffers.Network(me));
    }

    private static string Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Convert.ToBase64String(buffer.WrittenSpan);
    }
}
