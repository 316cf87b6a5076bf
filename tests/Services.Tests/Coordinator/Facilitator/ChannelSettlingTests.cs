using System.Globalization;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Coordinator.Facilitator;

/// <summary>Channels of specs/market/facilitator.md over a real port and a real node.</summary>
public sealed class ChannelSettlingTests
{
    private static readonly PrivateKey Authorizer = TestAccounts.Key(7);

    [Fact]
    public async Task A_channel_lives_its_whole_life_through_the_facilitator_and_nothing_of_it_happens_twice()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), Required());
        var config = buyer.Config(Offer(required));

        // Opened once, however often and by however many it is asked.
        var opening = FacilitatorWorld.Body(required, buyer.Voucher(required, deposit: 5000));
        var looked = await world.PostAsync("verify", opening);
        Assert.True((bool)looked["isValid"]!);
        Assert.Equal("0", (string)looked["extra"]!["balance"]!);
        var opened = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.PostAsync("settle", opening)));
        Assert.All(opened, o => Assert.Equal((true, null), ((bool)o["success"]!, (string?)o["errorReason"])));
        Assert.Single(opened.Select(o => (string)o["transaction"]!).Distinct());
        Assert.Equal("5000", (string)opened[0]["extra"]!["channelState"]!["balance"]!);
        var again = await world.PostAsync("settle", opening);
        Assert.Equal((string)opened[0]["transaction"]!, (string)again["transaction"]!);

        // Drawn on: a voucher is looked at, and settling it is nothing of a facilitator's.
        buyer.Total = 1000;
        var second = FacilitatorWorld.Body(required, buyer.Voucher(required));
        Assert.True((bool)(await world.PostAsync("verify", second))["isValid"]!);
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_payload_type", second);

        // Claimed: only with the authorizer's signature, and an old claim costs nobody a fee.
        var row = Row(buyer, config, signed: 2000, total: 1500);
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_authorizer_not_configured",
            With(second, Claim(row, signature: null)));
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_claim_simulation_failed",
            With(second, Claim(row, Sign(buyer, config, (2000, 1400)))));
        var claim = With(second, Claim(row, Sign(buyer, config, (2000, 1500))));
        Assert.NotEqual("", (string)(await world.PostAsync("settle", claim))["transaction"]!);
        var old = await world.PostAsync("settle", claim);
        Assert.Equal((true, ""), ((bool)old["success"]!, (string)old["transaction"]!));

        // Paid out, once.
        var payout = With(second, new JsonObject
        {
            ["type"] = "settle",
            ["receiver"] = FacilitatorWorld.Shop.ToString(),
            ["token"] = SystemContractAddresses.Token.ToString(),
        });
        Assert.Equal("1500", (string)(await world.PostAsync("settle", payout))["amount"]!);
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_nothing_to_settle", payout);
        Assert.Equal(1500UL, await world.Chain.BalanceAsync(FacilitatorWorld.Shop, FacilitatorWorld.Cancel));

        // Given back, with the last claim; the number of a refund is used up by it.
        var last = Row(buyer, config, signed: 2000, total: 2000);
        var refund = Claim(last, Sign(buyer, config, (2000, 2000)));
        refund["type"] = "refund";
        refund["channelConfig"] = last["voucher"]!["channel"]!.DeepClone();
        refund["voucher"] = second["paymentPayload"]!["payload"]!["voucher"]!.DeepClone();
        (refund["amount"], refund["refundNonce"]) = ("9999", "0");
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_authorizer_not_configured",
            With(second, refund.DeepClone().AsObject()));
        refund["refundAuthorizerSignature"] = SignRefund(config, 9999);
        var back = await world.PostAsync("settle", With(second, refund.DeepClone().AsObject()));
        Assert.Equal((true, "3000"), ((bool)back["success"]!, (string?)back["amount"]));
        Assert.Equal("1", (string)back["extra"]!["channelState"]!["refundNonce"]!);
        await RefusedAsync(
            world, "settle", "invalid_batch_settlement_evm_refund_no_balance", With(second, refund));
        Assert.Equal(4UL, await world.Chain.NonceAsync(world.Relayer, FacilitatorWorld.Cancel));
    }

    [Fact]
    public async Task Each_fault_of_a_channel_has_its_code_and_nothing_is_sent_for_it()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), Required());
        string Voucher(Func<ChannelConfig, ChannelConfig> change) => buyer.Voucher(required, 5000, change: change);

        await FaultAsync("receiver_mismatch", Voucher(c => c with { Receiver = buyer.Address }));
        await FaultAsync("receiver_authorizer_mismatch", Voucher(c => c with { ReceiverAuthorizer = buyer.Address }));
        await FaultAsync("token_mismatch", Voucher(c => c with { Token = buyer.Address }));
        await FaultAsync("withdraw_delay_mismatch", Voucher(c => c with { WithdrawDelay = 901 }));
        await FaultAsync("withdraw_delay_out_of_range", Voucher(c => c with { WithdrawDelay = 1UL << 39 }));
        await FaultAsync("channel_id_mismatch", buyer.Voucher(required, 5000, chainId: 1));
        await FaultAsync("voucher_signature", buyer.Voucher(required, 5000, signedFor: Hash256.Zero));
        await FaultAsync("cumulative_exceeds_balance", buyer.Voucher(required, 5000, total: 5001));
        await FaultAsync("cumulative_below_claimed", buyer.Voucher(required, 5000, total: 0));
        await FaultAsync("insufficient_balance", world.Buyer(9).Voucher(required, 5000));
        await FaultAsync("channel_not_found", buyer.Voucher(required), settleToo: false);
        var late = buyer.Voucher(required, 5000);
        world.Time.Advance(TimeSpan.FromSeconds(295));
        await FaultAsync("payload_authorization_valid_before", late);

        var body = FacilitatorWorld.Body(required, buyer.Voucher(required, 5000));
        body["paymentRequirements"]!["extra"]!["name"] = "other";
        await RefusedAsync(world, "verify", "invalid_batch_settlement_evm_missing_eip712_domain", body);
        body["paymentRequirements"]!["network"] = "eip155:1";
        await RefusedAsync(world, "verify", "invalid_network", body);
        body["paymentRequirements"] = Offer(required).DeepClone();
        body["paymentPayload"]!["accepted"]!["scheme"] = "exact";
        await RefusedAsync(world, "verify", "invalid_batch_settlement_evm_scheme", body);
        var row = Row(buyer, buyer.Config(Offer(required)), 2000, 1500);
        var many = Claim(row, new byte[65]);
        for (var i = 0; i < ChannelOrder.MostRows; i++)
            many["claims"]!.AsArray().Add(row.DeepClone());
        body["paymentPayload"]!["accepted"]!["scheme"] = "batch-settlement";
        await RefusedAsync(world, "settle", "invalid_payload", With(body, many.DeepClone().AsObject()));
        many["claims"] = new JsonArray();
        await RefusedAsync(world, "settle", "invalid_batch_settlement_evm_payload_type", With(body, many));
        foreach (var odd in (JsonNode?[])[null, 1, new JsonArray(), new JsonObject { ["type"] = "claim" }])
        {
            body["paymentPayload"]!["payload"] = odd?.DeepClone();
            await RefusedAsync(world, "settle", "invalid_payload", body.DeepClone().AsObject());
        }

        Assert.Equal(0UL, await world.Chain.NonceAsync(world.Relayer, FacilitatorWorld.Cancel));

        async Task FaultAsync(string code, string payment, bool settleToo = true)
        {
            code = "invalid_batch_settlement_evm_" + code;
            await RefusedAsync(world, "verify", code, FacilitatorWorld.Body(required, payment));
            if (settleToo)
                await RefusedAsync(world, "settle", code, FacilitatorWorld.Body(required, payment));
        }
    }

    private static async Task RefusedAsync(FacilitatorWorld world, string what, string code, JsonObject body)
    {
        var answer = await world.PostAsync(what, body);
        Assert.Equal(
            (false, code),
            what == "verify"
                ? ((bool)answer["isValid"]!, (string)answer["invalidReason"]!)
                : ((bool)answer["success"]!, (string)answer["errorReason"]!));
    }

    private static JsonObject Required()
    {
        var required = FacilitatorWorld.Required(1000);
        var offer = required["accepts"]![0]!;
        offer["scheme"] = "batch-settlement";
        offer["extra"]!["receiverAuthorizer"] = Authorizer.Address.ToString();
        offer["extra"]!["withdrawDelay"] = 900UL;
        return required;
    }

    private static JsonObject Offer(JsonObject required) => required["accepts"]![0]!.AsObject();

    private static JsonObject With(JsonObject body, JsonObject payload)
    {
        var changed = body.DeepClone().AsObject();
        changed["paymentPayload"]!["payload"] = payload;
        return changed;
    }

    private static JsonObject Row(Buyer buyer, ChannelConfig config, ulong signed, ulong total) => new()
    {
        ["voucher"] = new JsonObject
        {
            ["channel"] = new JsonObject
            {
                ["payer"] = config.Payer.ToString(),
                ["payerAuthorizer"] = config.PayerAuthorizer.ToString(),
                ["receiver"] = config.Receiver.ToString(),
                ["receiverAuthorizer"] = config.ReceiverAuthorizer.ToString(),
                ["token"] = config.Token.ToString(),
                ["withdrawDelay"] = config.WithdrawDelay,
                ["salt"] = config.Salt.ToHex(),
            },
            ["maxClaimableAmount"] = signed.ToString(CultureInfo.InvariantCulture),
        },
        ["signature"] = buyer.Sign(config.IdOn(7777), signed),
        ["totalClaimed"] = total.ToString(CultureInfo.InvariantCulture),
    };

    private static JsonObject Claim(JsonObject row, byte[]? signature)
    {
        var claim = new JsonObject { ["type"] = "claim", ["claims"] = new JsonArray(row.DeepClone()) };
        if (signature is not null)
            claim["claimAuthorizerSignature"] = Hex.ToHex(signature);
        return claim;
    }

    private static byte[] Sign(Buyer buyer, ChannelConfig config, (ulong Signed, ulong Total) row)
    {
        Assert.Equal(buyer.Address, config.Payer);
        const string type = "ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)";
        var entry = Keccak256.Hash([
            .. TypeHash(type), .. config.IdOn(7777).ToArray(), .. Word(row.Signed), .. Word(row.Total)]);
        var batch = Keccak256.Hash([
            .. TypeHash("ClaimBatch(ClaimEntry[] claims)" + type), .. Keccak256.Hash(entry.ToArray()).ToArray()]);
        return Authorizer.Sign(Eip712.Digest(ChannelMessages.Domain(7777).Separator(), batch)).ToBytes65();
    }

    private static string SignRefund(ChannelConfig config, ulong amount)
    {
        var type = Eip712Type.Parse("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
        var digest = Eip712.Digest(
            ChannelMessages.Domain(7777).Separator(),
            type.HashStruct(config.IdOn(7777), UInt256.Zero, (UInt256)amount));
        return Hex.ToHex(Authorizer.Sign(digest).ToBytes65());
    }

    private static byte[] TypeHash(string type) =>
        Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(type)).ToArray();

    private static byte[] Word(ulong value)
    {
        var word = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(24), value);
        return word;
    }
}
