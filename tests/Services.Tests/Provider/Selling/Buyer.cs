using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Services.Tests.Provider.Selling;

/// <summary>An x402 client by hand, so that a test can make each payment wrong in one way.</summary>
internal sealed class Buyer(PrivateKey key, HttpClient http, TimeProvider time)
{
    public const string Chat = """{"model":"tiny","messages":[{"role":"user","content":"hi"}],"max_tokens":8}""";

    private const ulong ChainId = 7777;

    public Address Address => key.Address;

    /// <summary>The total of the next voucher, as far as this client knows.</summary>
    public UInt256 Total { get; set; }

    public Hash256 Salt { get; set; }

    public Task<HttpResponseMessage> PostAsync(
        string path, string json, string? payment = null, bool vouchers = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (payment is not null)
            request.Headers.Add(X402Headers.Signature, payment);
        if (vouchers)
            request.Headers.Add("X-Aitbc-Pay", "vouchers");
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, SellingWorld.Cancel);
    }

    /// <summary>What the provider asks for a request.</summary>
    public async Task<JsonObject> AskAsync(string path, string json, bool vouchers = false)
    {
        using var answer = await PostAsync(path, json, null, vouchers);
        return Decode(answer, X402Headers.Required)
            ?? throw new InvalidOperationException($"{answer.StatusCode} without an offer.");
    }

    public static JsonObject? Decode(HttpResponseMessage answer, string header) =>
        answer.Headers.TryGetValues(header, out var values)
            ? JsonNode.Parse(Convert.FromBase64String(values.Single()))!.AsObject() : null;

    public static JsonObject OfferOf(JsonObject required, string scheme) =>
        required["accepts"]!.AsArray().Select(a => a!.AsObject()).First(a => (string)a["scheme"]! == scheme);

    public static UInt256 AmountOf(JsonObject required, string scheme) =>
        UInt256.Parse((string)OfferOf(required, scheme)["amount"]!);

    /// <summary>A payment by one signed transfer.</summary>
    public string Transfer(
        JsonObject required, Func<TokenAuthorization, TokenAuthorization>? change = null, ulong chainId = ChainId,
        Address? contract = null)
    {
        var offer = OfferOf(required, PaymentOffer.Exact);
        var a = new TokenAuthorization(
            key.Address,
            Address.Parse((string)offer["payTo"]!),
            UInt256.Parse((string)offer["amount"]!),
            0,
            (ulong)time.GetUtcNow().ToUnixTimeSeconds() + 300,
            Hash256.FromBytes(RandomNumberGenerator.GetBytes(32)));
        a = change?.Invoke(a) ?? a;
        var domain = TokenMessages.Domain(chainId);
        if (contract is { } other)
            domain = domain with { VerifyingContract = other };
        return Payment(required, offer, new JsonObject
        {
            ["authorization"] = new JsonObject
            {
                ["from"] = a.From.ToString(),
                ["to"] = a.To.ToString(),
                ["value"] = a.Value.ToString(),
                ["validAfter"] = a.ValidAfter.ToString(),
                ["validBefore"] = a.ValidBefore.ToString(),
                ["nonce"] = a.Nonce.ToHex(),
            },
            ["signature"] = Hex.ToHex(key.Sign(TokenMessages.Transfer(domain, a)).ToBytes65()),
        });
    }

    public ChannelConfig Config(JsonObject offer) => new(
        key.Address, key.Address, Address.Parse((string)offer["payTo"]!),
        Address.Parse((string)offer["extra"]!["receiverAuthorizer"]!),
        (ulong)offer["extra"]!["withdrawDelay"]!, Salt);

    /// <summary>A payment by a voucher for <see cref="Total"/> and the amount, or for another total.</summary>
    public string Voucher(
        JsonObject required, UInt256? deposit = null, UInt256? total = null,
        Func<ChannelConfig, ChannelConfig>? change = null, Hash256? signedFor = null, ulong chainId = ChainId,
        string? type = null)
    {
        var offer = OfferOf(required, PaymentOffer.BatchSettlement);
        var config = Config(offer);
        config = change?.Invoke(config) ?? config;
        var id = config.IdOn(chainId);
        var max = total ?? (Total + UInt256.Parse((string)offer["amount"]!));
        var payload = new JsonObject
        {
            ["type"] = type ?? (deposit is null ? "voucher" : "deposit"),
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
                ["maxClaimableAmount"] = max.ToString(),
                ["signature"] = Sign(signedFor ?? id, max, chainId),
            },
        };
        if (deposit is { } amount)
            payload["deposit"] = Deposit(id, amount, chainId);
        return Payment(required, offer, payload);
    }

    public string Sign(Hash256 channel, UInt256 max, ulong chainId = ChainId) =>
        Hex.ToHex(key.Sign(ChannelMessages.Voucher(chainId, channel, max)).ToBytes65());

    /// <summary>Pays by a voucher for the total and what is asked.</summary>
    public async Task<HttpResponseMessage> PayAsync(string path, string json) =>
        await PostAsync(path, json, Voucher(await AskAsync(path, json)));

    /// <summary>Pays by the channel, filling it with so much, and gives the answer.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string json, UInt256 deposit, bool vouchers = false)
    {
        var required = await AskAsync(path, json, vouchers);
        return await PostAsync(path, json, Voucher(required, deposit), vouchers);
    }

    /// <summary>Asks for what is left in the channel.</summary>
    public async Task<HttpResponseMessage> RefundAsync(string path)
    {
        using var asked = await http.GetAsync(path, SellingWorld.Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(
            X402Headers.Signature, Voucher(Decode(asked, X402Headers.Required)!, total: Total, type: "refund"));
        return await http.SendAsync(request, SellingWorld.Cancel);
    }

    /// <summary>Makes the nonce of a transfer void on the chain.</summary>
    public Task CancelAsync(SellingWorld world, Hash256 nonce)
    {
        var signature = key.Sign(TokenMessages.Cancel(TokenMessages.Domain(ChainId), key.Address, nonce)).ToBytes65();
        return world.Sender.SendAsync(
            Aitbc.Testing.TestAccounts.Key(3).Address,
            new CallRequest(
                SystemContractAddresses.Token,
                ChannelAbi.CancelAuthorization.EncodeCall(key.Address, nonce, signature)),
            SellingWorld.Cancel);
    }

    /// <summary>The channel's total as an answer states it, which the next voucher builds on.</summary>
    public UInt256 Take(HttpResponseMessage answer) => Total = UInt256.Parse(
        (string)Decode(answer, X402Headers.Response)!["extra"]!["channelState"]!["chargedCumulativeAmount"]!);

    private JsonObject Deposit(Hash256 channel, UInt256 amount, ulong chainId)
    {
        var salt = Hash256.FromBytes(RandomNumberGenerator.GetBytes(32));
        var a = new TokenAuthorization(
            key.Address, SystemContractAddresses.DepositCollector, amount, 0,
            (ulong)time.GetUtcNow().ToUnixTimeSeconds() + 300, ChannelMessages.DepositNonce(channel, salt));
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
                    ["signature"] = Hex.ToHex(
                        key.Sign(TokenMessages.Receive(TokenMessages.Domain(chainId), a)).ToBytes65()),
                },
            },
        };
    }

    private static string Payment(JsonObject required, JsonObject offer, JsonObject payload)
    {
        var payment = new JsonObject
        {
            ["x402Version"] = 2,
            ["payload"] = payload,
            ["accepted"] = offer.DeepClone(),
            ["resource"] = required["resource"]!.DeepClone(),
        };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(payment.ToJsonString()));
    }
}
