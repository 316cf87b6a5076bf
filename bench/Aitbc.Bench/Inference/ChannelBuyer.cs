using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Bench.Inference;

/// <summary>Pays by one channel: a deposit with the first request, then vouchers.</summary>
/// <param name="key">Of the payer, who signs the vouchers too.</param>
/// <param name="chainId">Of the network.</param>
/// <param name="salt">Tells the channels of one payer to one receiver apart.</param>
internal sealed class ChannelBuyer(PrivateKey key, ulong chainId, ulong salt = 0)
{
    /// <summary>What the provider has charged in total, as it says.</summary>
    public UInt256 Charged { get; set; }

    /// <summary>The value of PAYMENT-SIGNATURE for what a 402 asks.</summary>
    public string Pay(JsonObject required, UInt256? deposit = null)
    {
        var offer = required["accepts"]!.AsArray().Select(a => a!.AsObject())
            .First(a => (string)a["scheme"]! == PaymentOffer.BatchSettlement);
        var receiver = Address.Parse((string)offer["payTo"]!);
        var config = new ChannelConfig(
            key.Address, key.Address, receiver, receiver, (ulong)offer["extra"]!["withdrawDelay"]!,
            Hash256.FromUInt256(salt));
        var id = config.IdOn(chainId);
        var total = Charged + UInt256.Parse((string)offer["amount"]!);
        var payload = new JsonObject
        {
            ["type"] = deposit is null ? "voucher" : "deposit",
            ["channelConfig"] = new JsonObject
            {
                ["payer"] = config.Payer.ToString(),
                ["payerAuthorizer"] = config.PayerAuthorizer.ToString(),
                ["receiver"] = config.Receiver.ToString(),
                ["receiverAuthorizer"] = config.ReceiverAuthorizer.ToString(),
                ["token"] = config.Token.ToString(),
                ["withdrawDelay"] = config.WithdrawDelay,
                ["salt"] = config.Salt.ToHex(),
            },
            ["voucher"] = new JsonObject
            {
                ["channelId"] = id.ToHex(),
                ["maxClaimableAmount"] = total.ToString(),
                ["signature"] = Hex.ToHex(key.Sign(ChannelMessages.Voucher(chainId, id, total)).ToBytes65()),
            },
        };
        if (deposit is { } amount)
            payload["deposit"] = Deposit(id, amount);
        var payment = new JsonObject
        {
            ["x402Version"] = 2,
            ["payload"] = payload,
            ["accepted"] = offer.DeepClone(),
        };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(payment.ToJsonString()));
    }

    private JsonObject Deposit(Hash256 channel, UInt256 amount)
    {
        var salt = Hash256.FromBytes(RandomNumberGenerator.GetBytes(32));
        var until = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 300;
        var a = new TokenAuthorization(
            key.Address, SystemContractAddresses.DepositCollector, amount, 0, until,
            ChannelMessages.DepositNonce(channel, salt));
        var signature = key.Sign(TokenMessages.Receive(TokenMessages.Domain(chainId), a)).ToBytes65();
        return new JsonObject
        {
            ["amount"] = amount.ToString(),
            ["authorization"] = new JsonObject
            {
                ["erc3009Authorization"] = new JsonObject
                {
                    ["validAfter"] = "0",
                    ["validBefore"] = a.ValidBefore.ToString(),
                    ["salt"] = salt.ToHex(),
                    ["signature"] = Hex.ToHex(signature),
                },
            },
        };
    }
}
