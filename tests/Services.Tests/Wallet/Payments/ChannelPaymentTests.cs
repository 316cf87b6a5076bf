using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>Scheme batch-settlement: a channel is filled once, vouchers draw on it, the rest comes back.</summary>
public sealed class ChannelPaymentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_request_fills_a_channel_and_the_next_draw_on_it_without_being_counted_again()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(100_000);
        using var client = world.Client(budget);

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await GetAsync(client));

        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
        var channel = await world.ChannelAsync();
        Assert.Equal(
            [5_000UL, 5_000UL, 5_000UL, 5_000UL, 0UL],
            Numbers(channel.Deposited, channel.Balance, channel.Promised, channel.Charged, channel.Claimed));
        await world.Shop.ClaimAsync(channel.Id);
        Assert.Equal((UInt256)5_000UL, await world.CoinsAsync(world.Shop.Receiver));
        await world.ReconcileAsync();
        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
        Assert.Equal((UInt256)5_000UL, (await world.ChannelAsync()).Claimed);
    }

    [Fact]
    public async Task A_channel_is_topped_up_when_it_holds_too_little_and_never_beyond_the_budget()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(7_500);
        using var client = world.Client(budget);

        for (var i = 0; i < 7; i++)
            Assert.Equal(HttpStatusCode.OK, await GetAsync(client));
        var refused = await Assert.ThrowsAsync<AitbcException>(() => GetAsync(client));

        Assert.Equal("budget_exceeded", refused.Problem.Code);
        Assert.Equal((UInt256)7_500UL, await world.SpentAsync(budget));
        Assert.Equal((UInt256)7_500UL, (await world.ChannelAsync()).Balance);
    }

    [Fact]
    public async Task What_the_server_refunds_comes_back_to_the_budget_and_not_one_atto_more()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(5_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        await GetAsync(client);
        var id = (await world.ChannelAsync()).Id;
        await world.Shop.ClaimAsync(id);
        await world.Shop.RefundAsync(id, 1_200);

        await world.ReconcileAsync();
        await world.ReconcileAsync();

        Assert.Equal((UInt256)3_800UL, await world.SpentAsync(budget));
        var channel = await world.ChannelAsync();
        Assert.Equal(
            [3_800UL, 2_000UL, 1_200UL], Numbers(channel.Balance, channel.Claimed, channel.Returned));
        Assert.Equal((UInt256)0UL, channel.AtRisk);
    }

    [Fact]
    public async Task A_refund_that_is_asked_for_gives_back_the_rest_and_the_channel_can_be_filled_again()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(5_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        await world.Shop.ClaimAsync((await world.ChannelAsync()).Id);

        using var request = new HttpRequestMessage(HttpMethod.Get, "metered");
        request.Options.Set(X402Request.Refund, true);
        using (await client.SendAsync(request, Cancel))
            Assert.Equal((UInt256)1_000UL, await world.SpentAsync(budget));

        Assert.Equal(HttpStatusCode.OK, await GetAsync(client));
        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task A_server_that_charges_less_is_believed_and_the_next_voucher_builds_on_it()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(5_000);
        using var client = world.Client(budget);
        world.Shop.Charge = 300;
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, await GetAsync(client));
        var channel = await world.ChannelAsync();
        Assert.Equal([900UL, 1_600UL], Numbers(channel.Charged, channel.Promised));
    }

    [Fact]
    public async Task A_total_that_the_server_proves_with_our_own_voucher_is_taken_over_and_paid_on()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        world.Shop.LosesAnswers = true;
        await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client, "lost"));
        world.Shop.LosesAnswers = false;

        Assert.Equal(HttpStatusCode.OK, await GetAsync(client, "next"));

        var channel = await world.ChannelAsync();
        Assert.Equal([3_000UL, 3_000UL, 5_000UL], Numbers(channel.Charged, channel.Promised, channel.Deposited));
    }

    [Fact]
    public async Task A_lost_voucher_that_is_sent_again_is_not_paid_anew_when_the_server_says_another_total()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        world.Shop.LosesAnswers = true;
        await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client, "lost"));
        world.Shop.LosesAnswers = false;
        var again = await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client, "lost"));
        Assert.Equal(X402Exception.OutcomeUnknown, again.Code);
        Assert.Equal((UInt256)2_000UL, (await world.ChannelAsync()).Promised);
    }

    [Theory]
    [InlineData("charged beyond the voucher")]
    [InlineData("a voucher of somebody else")]
    [InlineData("a voucher for more than was signed")]
    [InlineData("no voucher")]
    public async Task A_corrective_answer_that_lies_changes_nothing(string lie)
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        var before = await world.ChannelAsync();
        world.Shop.Tabs[before.Id].Charged = 4_000; // so that every voucher seems wrong
        world.Shop.Lies = extra => Lie(extra, before.Id, lie);

        var refused = await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client));

        Assert.Equal(X402Exception.Refused, refused.Code);
        var after = await world.ChannelAsync();
        Assert.Equal((UInt256)1_000UL, after.Charged);
        Assert.Equal((UInt256)2_000UL, after.Promised); // the refused voucher is outside, and counted so
        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task A_deposit_that_the_server_did_not_hand_in_is_shown_again_and_never_signed_twice()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(5_000);
        using var client = world.Client(budget);
        world.Shop.RefusesWith = "busy";
        await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client));
        world.Shop.RefusesWith = null;

        Assert.Equal(HttpStatusCode.OK, await GetAsync(client));

        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
        Assert.Equal(2, world.Shop.Payments.Count);
        Assert.Single(world.Shop.Payments.Select(Salt).Distinct());
    }

    [Fact]
    public async Task A_deposit_that_nobody_hands_in_comes_back_when_it_is_void()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(5_000);
        using var client = world.Client(budget);
        world.Shop.RefusesWith = "no";
        await Assert.ThrowsAsync<X402Exception>(() => GetAsync(client));
        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
        world.Time.Advance(TimeSpan.FromSeconds(61));
        await world.TickAsync();
        await world.ReconcileAsync();
        Assert.Equal(UInt256.Zero, await world.SpentAsync(budget));
        Assert.Equal(UInt256.Zero, (await world.ChannelAsync()).Deposited);
    }

    [Fact]
    public async Task Requests_at_once_take_turns_in_a_channel_and_all_are_served()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(50_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => GetAsync(client)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a));
        Assert.Equal((UInt256)7_000UL, (await world.ChannelAsync()).Charged);
    }

    [Fact]
    public async Task A_channel_goes_on_after_the_daemon_stopped_between_a_payment_and_its_answer()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using (var client = world.Client(budget))
            await GetAsync(client);
        var ask = await AskAsync(world, "metered");
        await world.Payments(budget).PayAsync(ask, "stranded", Cancel);

        await world.RestartAsync();

        using var later = world.Client(budget, new X402HandlerOptions
        {
            MaxAmount = 1_000,
            BusyTimeout = TimeSpan.Zero,
        });
        var busy = await Assert.ThrowsAsync<AitbcException>(() => GetAsync(later));
        Assert.Equal("channel_busy", busy.Problem.Code);
        world.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(later));
        Assert.Equal((UInt256)5_000UL, await world.SpentAsync(budget));
        Assert.Equal((UInt256)2_000UL, (await world.ChannelAsync()).Promised);
    }

    [Fact]
    public async Task A_deposit_larger_than_the_caller_allows_is_not_signed()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(900_000);
        world.Shop.MinDeposit = "500000";
        using var client = world.Client(budget);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => GetAsync(client));
        Assert.Equal("deposit_too_large", refused.Problem.Code);
        Assert.Equal(UInt256.Zero, await world.SpentAsync(budget));
    }

    [Fact]
    public async Task Vouchers_count_for_their_job_what_they_add_to_what_was_promised()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(90_000, limits: new BudgetLimits { Amount = 1, PerJob = 2_000 });
        using var client = world.Client(budget, new X402HandlerOptions
        {
            MaxAmount = 1_000,
            Purpose = new SpendPurpose(Keccak256.Hash("job"u8)),
        });
        await GetAsync(client);
        await GetAsync(client);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => GetAsync(client));
        Assert.Equal("job_limit_exceeded", refused.Problem.Code);
    }

    [Fact]
    public async Task The_authorizer_signs_vouchers_within_its_channel_and_nothing_else()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = world.Client(budget);
        await GetAsync(client);
        var channel = await world.ChannelAsync();
        var agent = new WalletClient(world.Wallet.Http, budget.Token);

        await agent.SignTypedDataAsync(budget.Budget.Authorizer, Voucher(channel.Id, 5_000), Cancel);
        var beyond = await Assert.ThrowsAsync<AitbcException>(
            () => agent.SignTypedDataAsync(budget.Budget.Authorizer, Voucher(channel.Id, 5_001), Cancel));
        var foreign = await Assert.ThrowsAsync<AitbcException>(
            () => agent.SignTypedDataAsync(world.Account, Voucher(default, 1), Cancel));
        var message = await Assert.ThrowsAsync<AitbcException>(
            () => agent.SignMessageAsync(budget.Budget.Authorizer, new byte[1], Cancel));

        Assert.Equal(
            ["channel_not_funded", "channel_not_funded", "account_not_allowed"],
            [beyond.Problem.Code, foreign.Problem.Code, message.Problem.Code]);
        Assert.Equal((UInt256)5_000UL, (await world.ChannelAsync()).Promised);
    }

    private static System.Text.Json.JsonElement Voucher(Hash256 channel, ulong total) =>
        System.Text.Json.JsonDocument.Parse($$"""
            {"types":{"Voucher":[{"name":"channelId","type":"bytes32"},
              {"name":"maxClaimableAmount","type":"uint128"}]},
             "primaryType":"Voucher",
             "domain":{"name":"x402 Batch Settlement","version":"1","chainId":7777,
              "verifyingContract":"0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003"},
             "message":{"channelId":"{{channel}}","maxClaimableAmount":"{{total}}"}
            }
            """).RootElement.Clone();

    private static void Lie(JsonObject extra, Hash256 channel, string lie)
    {
        var voucher = extra["voucherState"]!.AsObject();
        if (lie == "no voucher")
        {
            extra.Remove("voucherState");
        }
        else if (lie == "a voucher of somebody else")
        {
            using var key = TestAccounts.Key(1);
            voucher["signedMaxClaimable"] = "4000";
            voucher["signature"] = Hex.ToHex(key.Sign(ChannelMessages.Voucher(7777UL, channel, 4_000)).ToBytes65());
        }
        else if (lie == "a voucher for more than was signed")
        {
            voucher["signedMaxClaimable"] = "4000";
        }
    }

    private static string Salt(string header) => (string)JsonNode.Parse(Convert.FromBase64String(header))![
        "payload"]!["deposit"]!["authorization"]!["erc3009Authorization"]!["salt"]!;

    private static async Task<HttpStatusCode> GetAsync(HttpClient client, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "metered");
        if (key is not null)
            request.Options.Set(X402Request.IdempotencyKey, key);
        using var response = await client.SendAsync(request, Cancel);
        return response.StatusCode;
    }

    private static async Task<PayRequest> AskAsync(PayWorld world, string path)
    {
        using var plain = new HttpClient { BaseAddress = world.Shop.Url };
        using var response = await plain.GetAsync(path, Cancel);
        return new PayRequest(
            response.Headers.GetValues(X402Headers.Required).Single(), "GET", $"{world.Shop.Url}{path}", 1_000_000);
    }

    private static ulong[] Numbers(params UInt256[] values) => [.. values.Select(v => (ulong)v)];
}
