using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>
/// A resource server of x402, version 2, that verifies and settles on the chain: /exact, /metered (a channel) and
/// /either. Tests make it misbehave.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    private static readonly UInt256 Most = new(ulong.MaxValue, ulong.MaxValue, 0, 0);
    private const string Mismatch = "invalid_batch_settlement_evm_cumulative_amount_mismatch";
    private readonly WebApplication app;
    private readonly TransactionSender sender;
    private readonly LocalSigner relayer = new(TestAccounts.Key(1));

    private Shop(WebApplication app, ChainClient chain)
    {
        this.app = app;
        sender = new TransactionSender(chain, relayer);
    }

    public Uri Url => new(app.Urls.Single() + "/");

    public Address Receiver { get; } = Address.Parse("0x000000000000000000000000000000000000c0fe");

    public Address Relayer => relayer.Address;

    public UInt256 Price { get; set; } = 1_000;

    public int Timeout { get; set; } = 60;

    public string? MinDeposit { get; set; }

    /// <summary>What of the price is charged on channels; null = all.</summary>
    public UInt256? Charge { get; set; }

    /// <summary>If true, a payment is taken and the connection is cut instead of an answer.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>If set, every payment is refused with this, unsettled.</summary>
    public string? RefusesWith { get; set; }

    /// <summary>Changes the corrective 402 that is about to be sent.</summary>
    public Action<JsonObject>? Lies { get; set; }

    public ConcurrentDictionary<Hash256, Tab> Tabs { get; } = new();

    public ConcurrentQueue<string> Payments { get; } = new();

    public ConcurrentQueue<string> Bodies { get; } = new();

    public static async Task<Shop> StartAsync(ChainClient chain)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var shop = new Shop(app, chain);
        foreach (var (path, schemes) in new[]
        {
            ("/exact", new[] { PaymentOffer.Exact }),
            ("/metered", [PaymentOffer.BatchSettlement]),
            ("/either", [PaymentOffer.Exact, PaymentOffer.BatchSettlement]),
        })
            app.Map(path, (RequestDelegate)(http => shop.ServeAsync(http, schemes)));
        app.Map("/free", (RequestDelegate)(http => http.Response.WriteAsync("free")));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return shop;
    }

    public async Task SendAsync(CallRequest call)
    {
        var sent = await sender.SendAsync(Relayer, call, TestContext.Current.CancellationToken);
        Assert.True(sent.Receipt.Succeeded);
    }

    /// <summary>Claims what a channel's last voucher allows of what was charged, and has it paid out.</summary>
    public async Task ClaimAsync(Hash256 channel)
    {
        var tab = Tabs[channel];
        var claim = AbiFunction.Parse(
            "claim((((address,address,address,address,address,uint40,bytes32),uint128),bytes,uint128)[])");
        var row = new object?[]
        {
            new object?[] { tab.Config.ToTuple(), tab.Signed }, tab.Signature, tab.Charged,
        };
        await SendAsync(new CallRequest(
            SystemContractAddresses.BatchSettlement, claim.EncodeCall([new object?[] { row }])));
        await SendAsync(new CallRequest(
            SystemContractAddresses.BatchSettlement,
            AbiFunction.Parse("settle(address,address)").EncodeCall(Receiver, SystemContractAddresses.Token)));
    }

    public Task RefundAsync(Hash256 channel, UInt256 amount) => SendAsync(new CallRequest(
        SystemContractAddresses.BatchSettlement,
        AbiFunction.Parse("refund((address,address,address,address,address,uint40,bytes32),uint128)")
            .EncodeCall(Tabs[channel].Config.ToTuple(), amount)));

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        relayer.Dispose();
    }

    private async Task ServeAsync(HttpContext http, string[] schemes)
    {
        using var reader = new StreamReader(http.Request.Body);
        Bodies.Enqueue(await reader.ReadToEndAsync(http.RequestAborted));
        if (http.Request.Headers[X402Headers.Signature].ToString() is not { Length: > 0 } header)
        {
            Ask(http, schemes, null);
            return;
        }

        Payments.Enqueue(header);
        var payment = JsonNode.Parse(Convert.FromBase64String(header))!.AsObject();
        if (RefusesWith is { } refusal)
        {
            Ask(http, schemes, refusal);
            return;
        }

        var payload = payment["payload"]!.AsObject();
        var settled = payload.ContainsKey("authorization")
            ? await ExactAsync(payload)
            : await ChannelAsync(http, schemes, payload);
        if (settled is null)
        {
            if (!http.Response.HasStarted && http.Response.StatusCode != 402)
                Ask(http, schemes, "invalid_exact_evm_nonce_already_used");
            return;
        }

        if (LosesAnswers)
        {
            http.Abort();
            return;
        }

        http.Response.Headers[X402Headers.Response] = Base64(settled);
        await http.Response.WriteAsync("served", http.RequestAborted);
    }

    private async Task<JsonObject?> ExactAsync(JsonObject payload)
    {
        var a = payload["authorization"]!;
        var authorization = new TokenAuthorization(
            Address.Parse((string)a["from"]!),
            Address.Parse((string)a["to"]!),
            UInt256.Parse((string)a["value"]!),
            0,
            ulong.Parse((string)a["validBefore"]!),
            Hash256.Parse((string)a["nonce"]!));
        var signature = Hex.Parse((string)payload["signature"]!);
        Assert.Equal(Receiver, authorization.To);
        Assert.Equal(Price, authorization.Value);
        var digest = TokenMessages.Transfer(TokenMessages.Domain(7777UL), authorization);
        Assert.Equal(authorization.From, SignerOf(digest, signature));
        var call = AbiFunction.Parse(
            "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)").EncodeCall(
            authorization.From, authorization.To, authorization.Value, UInt256.Zero,
            (UInt256)authorization.ValidBefore, authorization.Nonce, signature);
        try
        {
            var sent = await sender.SendAsync(Relayer, new CallRequest(SystemContractAddresses.Token, call));
            return Settled(sent.Hash);
        }
        catch (RpcException)
        {
            return null; // used before, or void
        }
    }

    private async Task<JsonObject?> ChannelAsync(HttpContext http, string[] schemes, JsonObject payload)
    {
        var config = ConfigOf(payload["channelConfig"]!);
        var id = Hash256.Parse((string)payload["voucher"]!["channelId"]!);
        Assert.Equal(config.IdOn(7777UL), id);
        var total = UInt256.Parse((string)payload["voucher"]!["maxClaimableAmount"]!);
        var signature = Hex.Parse((string)payload["voucher"]!["signature"]!);
        Assert.Equal(config.PayerAuthorizer, SignerOf(ChannelMessages.Voucher(7777UL, id, total), signature));
        var tab = Tabs.GetOrAdd(id, _ => new Tab(config, total, signature));
        if ((string)payload["type"]! == "refund")
        {
            await RefundAsync(id, Most);
            return Settled(null);
        }

        if (total != tab.Charged + Price)
        {
            Correct(http, schemes, id, tab);
            return null;
        }

        if ((string)payload["type"]! == "deposit")
            await DepositAsync(config, payload["deposit"]!);
        var charged = Charge ?? Price;
        tab.Take(total, signature, charged);
        var settled = Settled(null);
        settled["extra"] = new JsonObject
        {
            ["chargedAmount"] = charged.ToString(),
            ["channelState"] = new JsonObject { ["chargedCumulativeAmount"] = tab.Charged.ToString() },
        };
        return settled;
    }

    private async Task DepositAsync(ChannelConfig config, JsonNode deposit)
    {
        var a = deposit["authorization"]!["erc3009Authorization"]!;
        var data = AbiCodec.Encode(
            [AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("uint256"), AbiType.Parse("bytes")],
            UInt256.Zero,
            UInt256.Parse((string)a["validBefore"]!),
            Hash256.Parse((string)a["salt"]!).ToUInt256(),
            Hex.Parse((string)a["signature"]!));
        await SendAsync(new CallRequest(
            SystemContractAddresses.BatchSettlement,
            AbiFunction.Parse(
                "deposit((address,address,address,address,address,uint40,bytes32),uint128,address,bytes)").EncodeCall(
                config.ToTuple(),
                UInt256.Parse((string)deposit["amount"]!),
                SystemContractAddresses.DepositCollector,
                data)));
    }

    private void Ask(HttpContext http, string[] schemes, string? error)
    {
        http.Response.StatusCode = 402;
        http.Response.Headers[X402Headers.Required] = Base64(Required(http, schemes, error));
    }

    private void Correct(HttpContext http, string[] schemes, Hash256 id, Tab tab)
    {
        var required = Required(http, schemes, Mismatch);
        var extra = required["accepts"]!.AsArray()[^1]!["extra"]!.AsObject();
        extra["channelState"] = new JsonObject
        {
            ["channelId"] = id.ToHex(),
            ["chargedCumulativeAmount"] = tab.Charged.ToString(),
        };
        extra["voucherState"] = new JsonObject
        {
            ["signedMaxClaimable"] = tab.Signed.ToString(),
            ["signature"] = Hex.ToHex(tab.Signature),
        };
        Lies?.Invoke(extra);
        http.Response.StatusCode = 402;
        http.Response.Headers[X402Headers.Required] = Base64(required);
    }

    private JsonObject Required(HttpContext http, string[] schemes, string? error)
    {
        var required = new JsonObject
        {
            ["x402Version"] = 2,
            ["resource"] = new JsonObject { ["url"] = $"{Url}{http.Request.Path.Value![1..]}" },
            ["accepts"] = new JsonArray([.. schemes.Select(s => (JsonNode)Offer(s))]),
        };
        if (error is not null)
            required["error"] = error;
        return required;
    }

    private JsonObject Offer(string scheme)
    {
        var extra = new JsonObject { ["name"] = "AIT", ["version"] = "1" };
        if (scheme == PaymentOffer.BatchSettlement)
        {
            extra["receiverAuthorizer"] = Relayer.ToString();
            extra["withdrawDelay"] = 900;
            if (MinDeposit is not null)
                extra["minDeposit"] = MinDeposit;
        }

        return new JsonObject
        {
            ["scheme"] = scheme,
            ["network"] = "eip155:7777",
            ["amount"] = Price.ToString(),
            ["asset"] = SystemContractAddresses.Token.ToString(),
            ["payTo"] = Receiver.ToString(),
            ["maxTimeoutSeconds"] = Timeout,
            ["extra"] = extra,
        };
    }

    private static JsonObject Settled(Hash256? transaction) => new()
    {
        ["success"] = true,
        ["transaction"] = transaction?.ToHex() ?? "",
        ["network"] = "eip155:7777",
    };

    private static ChannelConfig ConfigOf(JsonNode c) => new(
        Address.Parse((string)c["payer"]!),
        Address.Parse((string)c["payerAuthorizer"]!),
        Address.Parse((string)c["receiver"]!),
        Address.Parse((string)c["receiverAuthorizer"]!),
        (ulong)c["withdrawDelay"]!,
        Hash256.Parse((string)c["salt"]!));

    private static Address SignerOf(Hash256 digest, byte[] signature)
    {
        Assert.True(Signature.TryParse65(signature, out var parsed));
        Assert.True(Secp256k1.TryRecover(digest, parsed, out var signer));
        return signer;
    }

    private static string Base64(JsonObject json) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(json));
}

/// <summary>What the shop keeps of one channel.</summary>
internal sealed class Tab(ChannelConfig config, UInt256 signed, byte[] signature)
{
    public ChannelConfig Config { get; } = config;

    public UInt256 Charged { get; set; }

    public UInt256 Signed { get; private set; } = signed;

    public byte[] Signature { get; private set; } = signature;

    public void Take(UInt256 signed, byte[] signature, UInt256 charged)
    {
        Signed = signed;
        Signature = signature;
        Charged += charged;
    }
}
