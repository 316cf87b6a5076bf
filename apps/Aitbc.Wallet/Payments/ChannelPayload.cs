using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.X402;

namespace Aitbc.Wallet.Payments;

/// <summary>The payloads of scheme batch-settlement as stock servers read them: deposit, voucher, refund.</summary>
internal static class ChannelPayload
{
    public static void WriteHead(Utf8JsonWriter writer, string type, ChannelConfig config)
    {
        writer.WriteString("type", type);
        writer.WriteStartObject("channelConfig");
        writer.WriteString("payer", config.Payer.ToString());
        writer.WriteString("payerAuthorizer", config.PayerAuthorizer.ToString());
        writer.WriteString("receiver", config.Receiver.ToString());
        writer.WriteString("receiverAuthorizer", config.ReceiverAuthorizer.ToString());
        writer.WriteString("token", config.Token.ToString());
        writer.WriteNumber("withdrawDelay", config.WithdrawDelay);
        writer.WriteString("salt", config.Salt.ToHex());
        writer.WriteEndObject();
    }

    public static void WriteVoucher(
        Utf8JsonWriter writer, UInt256 chainId, Hash256 channel, UInt256 claimable, PrivateKey authorizer)
    {
        var signature = authorizer.Sign(ChannelMessages.Voucher(chainId, channel, claimable));
        writer.WriteStartObject("voucher");
        writer.WriteString("channelId", channel.ToHex());
        writer.WriteString("maxClaimableAmount", claimable.ToString());
        writer.WriteString("signature", Hex.ToHex(signature.ToBytes65()));
        writer.WriteEndObject();
    }

    public static void WriteDeposit(
        Utf8JsonWriter writer, TokenAuthorization authorization, Hash256 salt, UInt256 chainId, PrivateKey account)
    {
        var signature = account.Sign(TokenMessages.Receive(TokenMessages.Domain(chainId), authorization));
        writer.WriteStartObject("deposit");
        writer.WriteString("amount", authorization.Value.ToString());
        writer.WriteStartObject("authorization");
        writer.WriteStartObject("erc3009Authorization");
        writer.WriteString("validAfter", "0");
        writer.WriteString("validBefore", ((UInt256)authorization.ValidBefore).ToString());
        writer.WriteString("salt", salt.ToHex());
        writer.WriteString("signature", Hex.ToHex(signature.ToBytes65()));
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The deposit of a payment that was signed before, as it stands in its header.</summary>
    public static JsonElement DepositOf(string header)
    {
        using var json = JsonDocument.Parse(Convert.FromBase64String(header));
        return json.RootElement.GetProperty("payload").GetProperty("deposit").Clone();
    }
}
