using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>What must never be executed: each payment is wrong in one way.</summary>
public sealed class RefusedPaymentTests
{
    private const string Path = "/v1/chat/completions";
    private static readonly Address Stranger = Address.Parse("0x00000000000000000000000000000000000ABBA1");

    [Fact]
    public async Task An_unpaid_request_is_told_what_it_costs_and_executes_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        using var answer = await world.Buyer().PostAsync(Path, Buyer.Chat);

        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Equal("false", answer.Headers.GetValues("x-should-retry").Single());
        var required = Buyer.Decode(answer, X402Headers.Required)!;
        Assert.Equal(2, (int)required["x402Version"]!);
        Assert.Equal(
            ["exact", "batch-settlement"], required["accepts"]!.AsArray().Select(a => (string)a!["scheme"]!));
        // 1024 for the template, 64 and 2 bytes for the message, 8 tokens of output.
        Assert.Equal((10UL * 1090) + 800, Buyer.AmountOf(required, "exact"));
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!["error"]!;
        Assert.Equal("payment_required", (string)error["code"]!);
        Assert.Empty(world.Models.Posts);
    }

    [Fact]
    public async Task A_wrong_transfer_is_refused_by_its_fault_and_executes_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var past = (ulong)world.Time.GetUtcNow().ToUnixTimeSeconds() - 1;

        await RefusedAsync("invalid_exact_evm_payload_authorization_value_mismatch",
            buyer.Transfer(required, a => a with { Value = a.Value - UInt256.One }));
        await RefusedAsync(
            "invalid_exact_evm_recipient_mismatch", buyer.Transfer(required, a => a with { To = Stranger }));
        await RefusedAsync("invalid_exact_evm_payload_authorization_valid_before",
            buyer.Transfer(required, a => a with { ValidBefore = past }));
        await RefusedAsync("invalid_exact_evm_payload_authorization_valid_after",
            buyer.Transfer(required, a => a with { ValidAfter = past + 1000 }));
        await RefusedAsync("invalid_exact_evm_signature", buyer.Transfer(required, chainId: 1));
        await RefusedAsync("invalid_exact_evm_signature", buyer.Transfer(required, contract: Stranger));
        await RefusedAsync("invalid_exact_evm_signature", buyer.Transfer(required, a => a with { From = Stranger }));
        await RefusedAsync("invalid_exact_evm_insufficient_balance", world.Buyer(9).Transfer(required));
        await RefusedAsync("invalid_payload", "bm90IGEgcGF5bWVudA==");
        await RefusedAsync("invalid_payload", "!");
        Assert.Empty(world.Models.Posts);

        async Task RefusedAsync(string code, string payment) =>
            Assert.Equal(code, await CodeAsync(buyer, Buyer.Chat, payment));
    }

    [Fact]
    public async Task An_underpaid_or_foreign_offer_is_no_offer_of_the_request()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var cheap = await buyer.AskAsync(Path, Buyer.Chat);
        var dear = Buyer.Chat.Replace("\"max_tokens\":8", "\"max_tokens\":800", StringComparison.Ordinal);

        Assert.Equal("No matching payment requirements", await CodeAsync(buyer, dear, buyer.Transfer(cheap)));
        foreach (var (name, value) in new (string, JsonNode)[]
        {
            ("network", "eip155:1"), ("asset", Stranger.ToString()), ("payTo", Stranger.ToString()), ("amount", "1"),
        })
        {
            var forged = cheap.DeepClone().AsObject();
            Buyer.OfferOf(forged, "exact")[name] = value.DeepClone();
            Assert.Equal(
                "No matching payment requirements", await CodeAsync(buyer, Buyer.Chat, buyer.Transfer(forged)));
        }

        Assert.Empty(world.Models.Posts);
    }

    [Fact]
    public async Task A_transfer_is_good_for_one_request_only()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var payment = buyer.Transfer(await buyer.AskAsync(Path, Buyer.Chat));
        using var first = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        var other = Buyer.Chat.Replace("hi", "ho", StringComparison.Ordinal);
        Assert.Equal("invalid_exact_evm_nonce_already_used", await CodeAsync(buyer, other, payment));
        Assert.Single(world.Models.Posts);
    }

    [Fact]
    public async Task Coins_that_are_promised_twice_pay_once()
    {
        await using var world = await SellingWorld.StartAsync();
        var hold = new TaskCompletionSource();
        var plain = world.Models.Answer;
        world.Models.Answer = async context =>
        {
            await hold.Task.WaitAsync(context.RequestAborted);
            await plain(context);
        };
        // Two requests that cost more than half of what the payer has: only one of them can be paid.
        var poor = world.Buyer(8);
        var required = await poor.AskAsync(Path, Buyer.Chat);
        var price = Buyer.AmountOf(required, "exact");
        await world.Sender.SendAsync(
            Aitbc.Testing.TestAccounts.Key(3).Address, new CallRequest(poor.Address, default, price + price - 1UL),
            SellingWorld.Cancel);
        var first = poor.PostAsync(Path, Buyer.Chat, poor.Transfer(required));
        await WaitUntilAsync(() => world.Models.Posts.Count == 1);
        Assert.Equal(
            "invalid_exact_evm_insufficient_balance", await CodeAsync(poor, Buyer.Chat, poor.Transfer(required)));
        hold.SetResult();
        using var served = await first;
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.Single(world.Models.Posts);
    }

    internal static async Task<string> CodeAsync(Buyer buyer, string body, string payment)
    {
        using var answer = await buyer.PostAsync(Path, body, payment);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.False(answer.Headers.Contains(X402Headers.Response));
        return (string)Buyer.Decode(answer, X402Headers.Required)!["error"]!;
    }

    internal static async Task WaitUntilAsync(Func<bool> holds)
    {
        var started = DateTime.UtcNow;
        while (!holds())
        {
            Assert.True(DateTime.UtcNow - started < TimeSpan.FromSeconds(20), "It did not come to hold.");
            await Task.Delay(5, SellingWorld.Cancel);
        }
    }
}
