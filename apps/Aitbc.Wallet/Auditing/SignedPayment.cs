using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Auditing;

/// <summary>Reads a payment of x402 back from its header.</summary>
internal static class SignedPayment
{
    private const string Network = "eip155:";

    public static SignedLine Read(SpendRow row, string header, UInt256? channelChain)
    {
        using var json = JsonDocument.Parse(Convert.FromBase64String(header));
        var payload = json.RootElement.GetProperty("payload");
        var network = Text(json.RootElement.GetProperty("accepted"), "network");
        var chain = network.StartsWith(Network, StringComparison.Ordinal)
            ? (UInt256)ulong.Parse(network.AsSpan(Network.Length), NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new FormatException("its network is no chain");
        return payload.TryGetProperty("channelConfig", out _)
            ? OfChannel(row, payload, channelChain ?? throw new FormatException("its channel is not known"))
            : Exact(row, payload, chain);
    }

    private static SignedLine Exact(SpendRow row, JsonElement payload, UInt256 chain)
    {
        var a = payload.GetProperty("authorization");
        var authorization = new TokenAuthorization(
            Address.Parse(Text(a, "from")),
            Address.Parse(Text(a, "to")),
            UInt256.Parse(Text(a, "value")),
            (ulong)UInt256.Parse(Text(a, "validAfter")),
            (ulong)UInt256.Parse(Text(a, "validBefore")),
            Hash256.Parse(Text(a, "nonce")));
        var signer = SignedLine.Recover(
            TokenMessages.Transfer(TokenMessages.Domain(chain), authorization), Bytes(payload, "signature"));
        if (signer != authorization.From)
            throw new FormatException("its signature is not of the account that it takes from");
        return new SignedLine([signer], new Spend(row.Kind, authorization.Value)
        {
            Payee = authorization.To,
            AuthorizationNonce = authorization.Nonce,
            ValidBefore = authorization.ValidBefore,
        });
    }

    // The deposit of an earlier line may be shown again with this voucher: then it does not count here.
    private static SignedLine OfChannel(SpendRow row, JsonElement payload, UInt256 chain)
    {
        var voucher = payload.GetProperty("voucher");
        var channel = Hash256.Parse(Text(voucher, "channelId"));
        var total = UInt256.Parse(Text(voucher, "maxClaimableAmount"));
        var authorizer = SignedLine.Recover(
            ChannelMessages.Voucher(chain, channel, total), Bytes(voucher, "signature"));
        var spend = new Spend(row.Kind, default) { Channel = channel, Claimable = total };
        if (row.Deposit is null)
            return new SignedLine([authorizer], spend);
        var deposit = payload.GetProperty("deposit");
        var a = deposit.GetProperty("authorization").GetProperty("erc3009Authorization");
        var authorization = new TokenAuthorization(
            Address.Parse(Text(payload.GetProperty("channelConfig"), "payer")),
            Sdk.Chain.SystemContractAddresses.DepositCollector,
            UInt256.Parse(Text(deposit, "amount")),
            (ulong)UInt256.Parse(Text(a, "validAfter")),
            (ulong)UInt256.Parse(Text(a, "validBefore")),
            ChannelMessages.DepositNonce(channel, Hash256.Parse(Text(a, "salt"))));
        var payer = SignedLine.Recover(
            TokenMessages.Receive(TokenMessages.Domain(chain), authorization), Bytes(a, "signature"));
        return new SignedLine([payer, authorizer], spend with
        {
            Amount = authorization.Value,
            Deposit = authorization.Value,
            AuthorizationNonce = authorization.Nonce,
            ValidBefore = authorization.ValidBefore,
        });
    }

    private static string Text(JsonElement parent, string name) =>
        parent.GetProperty(name).GetString() ?? throw new FormatException($"its {name} is missing");

    private static byte[] Bytes(JsonElement parent, string name) => Hex.Parse(Text(parent, name));
}
