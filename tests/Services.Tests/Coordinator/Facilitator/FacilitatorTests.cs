using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Coordinator.Facilitator;

/// <summary>specs/market/facilitator.md over a real port and a real node.</summary>
public sealed class FacilitatorTests
{
    [Fact]
    public async Task A_good_transfer_is_verified_without_moving_and_settled_once_however_often_it_is_asked()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), FacilitatorWorld.Required());
        var body = FacilitatorWorld.Body(required, buyer.Transfer(required));

        Assert.True((bool)(await world.PostAsync("verify", body))["isValid"]!);
        Assert.Equal(UInt256.Zero, await world.Chain.BalanceAsync(FacilitatorWorld.Shop, FacilitatorWorld.Cancel));

        var settled = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.PostAsync("settle", body)));
        Assert.All(settled, s => Assert.True((bool)s["success"]!));
        var transaction = Assert.Single(settled.Select(s => (string)s["transaction"]!).Distinct());
        Assert.Equal(1234UL, await world.Chain.BalanceAsync(FacilitatorWorld.Shop, FacilitatorWorld.Cancel));
        Assert.Equal("1234", (string)settled[0]["amount"]!);
        Assert.Equal("eip155:7777", (string)settled[0]["network"]!);
        Assert.Equal(buyer.Address.ToString(), (string)settled[0]["payer"]!);

        await world.RestartAsync();
        world.Time.Advance(TimeSpan.FromHours(1)); // its own time is over; it was settled all the same
        var again = await world.PostAsync("settle", body);
        Assert.Equal((true, transaction), ((bool)again["success"]!, (string)again["transaction"]!));
        Assert.Equal(1UL, await world.Chain.NonceAsync(world.Relayer, FacilitatorWorld.Cancel));
        Assert.Equal(1234UL, await world.Chain.BalanceAsync(FacilitatorWorld.Shop, FacilitatorWorld.Cancel));
    }

    [Fact]
    public async Task Each_fault_has_its_code_and_nothing_is_sent_for_it()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), FacilitatorWorld.Required());
        var now = (ulong)world.Time.GetUtcNow().ToUnixTimeSeconds();

        await RefusedAsync("invalid_exact_evm_signature", buyer.Transfer(required, chainId: 1));
        await RefusedAsync("invalid_exact_evm_recipient_mismatch",
            buyer.Transfer(required, a => a with { To = buyer.Address }));
        await RefusedAsync("invalid_exact_evm_payload_authorization_valid_before",
            buyer.Transfer(required, a => a with { ValidBefore = now + 2 }));
        await RefusedAsync("invalid_exact_evm_payload_authorization_valid_after",
            buyer.Transfer(required, a => a with { ValidAfter = now + 100 }));
        await RefusedAsync("invalid_exact_evm_payload_authorization_value_mismatch",
            buyer.Transfer(required, a => a with { Value = a.Value + UInt256.One }));
        await RefusedAsync("invalid_exact_evm_insufficient_balance", world.Buyer(9).Transfer(required));
        await ChangedAsync("unsupported_scheme", "scheme", "upto");
        await ChangedAsync("invalid_network", "network", "eip155:1");
        await ChangedAsync("invalid_payment_requirements", "amount", "much");
        await ChangedAsync("invalid_payment_requirements", "asset", buyer.Address.ToString());
        await ChangedAsync("invalid_exact_evm_missing_eip712_domain", "extra", null);
        var twisted = FacilitatorWorld.Body(required, buyer.Transfer(required));
        twisted["paymentPayload"]!["payload"] = new JsonObject();
        await SaysAsync("invalid_payload", twisted);
        twisted["x402Version"] = 1;
        await SaysAsync("invalid_x402_version", twisted);
        Assert.Equal(0UL, await world.Chain.NonceAsync(world.Relayer, FacilitatorWorld.Cancel));

        Task RefusedAsync(string code, string payment) => SaysAsync(code, FacilitatorWorld.Body(required, payment));

        Task ChangedAsync(string code, string member, string? value)
        {
            var body = FacilitatorWorld.Body(required, buyer.Transfer(required));
            body["paymentRequirements"]![member] = value;
            return SaysAsync(code, body);
        }

        async Task SaysAsync(string code, JsonObject body)
        {
            var verified = await world.PostAsync("verify", body);
            Assert.Equal((false, code), ((bool)verified["isValid"]!, (string)verified["invalidReason"]!));
            var settled = await world.PostAsync("settle", body);
            Assert.Equal((false, code), ((bool)settled["success"]!, (string)settled["errorReason"]!));
            Assert.Equal("", (string)settled["transaction"]!);
        }
    }

    [Fact]
    public async Task A_nonce_that_was_cancelled_or_used_for_another_transfer_pays_nothing()
    {
        await using var world = await FacilitatorWorld.StartAsync();
        var (buyer, required) = (world.Buyer(), FacilitatorWorld.Required());
        Hash256 nonce = default;
        var first = FacilitatorWorld.Body(required, buyer.Transfer(required, a =>
        {
            nonce = a.Nonce;
            return a;
        }));
        Assert.True((bool)(await world.PostAsync("settle", first))["success"]!);

        var dearer = FacilitatorWorld.Required(5000);
        var second = FacilitatorWorld.Body(dearer, buyer.Transfer(dearer, a => a with { Nonce = nonce }));
        const string Used = "invalid_exact_evm_nonce_already_used";
        Assert.Equal(Used, (string)(await world.PostAsync("verify", second))["invalidReason"]!);
        Assert.Equal(Used, (string)(await world.PostAsync("settle", second))["errorReason"]!);
        Assert.Equal(1234UL, await world.Chain.BalanceAsync(FacilitatorWorld.Shop, FacilitatorWorld.Cancel));
    }

    [Fact]
    public async Task Settling_is_bounded_by_address_and_by_the_fees_of_a_day()
    {
        await using var world = await FacilitatorWorld.StartAsync(o => o with
        {
            SettlementsPerMinute = 3,
            SettlementFeesPerDay = UInt256.One,
        });
        var required = FacilitatorWorld.Required();
        var paid = await world.PostAsync(
            "settle", FacilitatorWorld.Body(required, world.Buyer().Transfer(required)));
        Assert.True((bool)paid["success"]!);

        var next = FacilitatorWorld.Body(required, world.Buyer().Transfer(required));
        Assert.Equal("unexpected_settle_error", (string)(await world.PostAsync("settle", next))["errorReason"]!);
        world.Time.Advance(TimeSpan.FromDays(1));
        next = FacilitatorWorld.Body(required, world.Buyer().Transfer(required));
        Assert.True((bool)(await world.PostAsync("settle", next))["success"]!);
        using var refused = await world.Http.PostAsJsonAsync("/x402/settle", next, FacilitatorWorld.Cancel);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Fact]
    public async Task What_is_served_is_said_and_without_the_option_nothing_is()
    {
        await using (var world = await FacilitatorWorld.StartAsync())
        {
            var said = JsonNode.Parse(await world.Http.GetStringAsync("/x402/supported", FacilitatorWorld.Cancel))!;
            Assert.Equal("exact", (string)said["kinds"]![0]!["scheme"]!);
            Assert.Equal("eip155:7777", (string)said["kinds"]![0]!["network"]!);
            Assert.Equal(2, (int)said["kinds"]![0]!["x402Version"]!);
            Assert.Equal(world.Relayer.ToString(), (string)said["signers"]!["eip155:*"]![0]!);
        }

        await using var off = await FacilitatorWorld.StartAsync(o => o with { FacilitatorLabel = null });
        using var answer = await off.Http.GetAsync("/x402/supported", FacilitatorWorld.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
