using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Tokens that are given for nothing, by the day and by the payer of a channel.</summary>
public sealed class FreeAllowanceTests
{
    private const string Path = "/v1/chat/completions";
    private const ulong Deposit = 1_000_000;

    // As the server of models counts: 17 of the prompt at 10, 6 of the output at 100.
    private const ulong Tokens = 23;
    private const ulong Price = (17 * 10) + (6 * 100);

    [Fact]
    public async Task Free_tokens_cost_nothing_until_they_are_used_up_and_all_others_their_price()
    {
        await using var world = await StartAsync(perClient: Tokens + 20, perDay: 1000);
        var buyer = world.Buyer();
        using var first = await buyer.OpenAsync(Path, Buyer.Chat, Deposit);
        var said = (await Agent.JsonAsync(first))["aitbc"]!;
        // One atto-AIT, so that the next voucher is another one.
        Assert.Equal(("1", Tokens), ((string)said["charged"]!, (ulong)said["free_tokens"]!));
        Assert.Equal(1UL, buyer.Take(first));
        var receipt = ReceiptFile.TryParse(await world.ReceiptAsync(Id(first)))!.Receipt;
        Assert.Equal((Tokens, (UInt256)1UL), (receipt.Units, receipt.Charge));

        // The same is asked again: it is another answer. 20 are left: all of the prompt, and 3 of the output.
        using var second = await buyer.PayAsync(Path, Buyer.Chat);
        Assert.NotEqual(Id(first), Id(second));
        Assert.Equal(301UL, buyer.Take(second));
        using var third = await buyer.PayAsync(Path, Buyer.Chat);
        Assert.Equal(301 + Price, buyer.Take(third));
        Assert.False((await Agent.JsonAsync(third))["aitbc"]!.AsObject().ContainsKey("free_tokens"));

        var offers = await JsonAsync(world, "/v1/offers");
        Assert.Equal((43UL, 1000UL, Deposit.ToString(), 43UL), (
            (ulong)offers["free"]!["tokensPerClient"]!, (ulong)offers["free"]!["tokensPerDay"]!,
            (string)offers["free"]!["minDeposit"]!, (ulong)offers["free"]!["givenToday"]!));
        Assert.Equal(43UL, (ulong)(await JsonAsync(world, "/v1/sales"))["freeToday"]!);
    }

    [Fact]
    public async Task Two_answers_at_once_on_two_channels_of_a_payer_never_use_the_same_tokens()
    {
        await using var world = await StartAsync(perClient: Tokens, perDay: 1000);
        var buyers = new[] { world.Buyer(), world.Buyer() };
        buyers[1].Salt = Hash256.FromBytes([.. new byte[31], 1]);
        var payments = new List<string>();
        foreach (var buyer in buyers)
            payments.Add(buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), Deposit));
        var answers = await Task.WhenAll(buyers.Zip(payments, (b, p) => b.PostAsync(Path, Buyer.Chat, p)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        // Both have ended when their answers are read.
        var free = 0UL;
        foreach (var answer in answers)
            free += (ulong?)(await Agent.JsonAsync(answer))["aitbc"]!["free_tokens"] ?? 0;
        Assert.Equal(Tokens, free);
        var charged = world.Service<ChannelTabs>().All.Aggregate(UInt256.Zero, (sum, tab) => sum + tab.Charged);
        Assert.Equal(1 + Price, charged);
        Array.ForEach(answers, a => a.Dispose());

        var (allowance, view) = (world.Service<FreeAllowance>(), world.Service<ChannelTabs>().All.First().View!);
        var taken = 0UL;
        Parallel.For(0, 1000, _ => Interlocked.Add(
            ref taken, allowance.Take(world.Provider, view, 1)?.Tokens ?? 0));
        Assert.Equal(Tokens, taken);
    }

    [Fact]
    public async Task What_was_used_outlives_a_crash_and_a_restart_and_the_next_day_begins_anew()
    {
        await using var world = await StartAsync(perClient: Tokens, perDay: 1000);
        var (buyer, other) = (world.Buyer(), world.Buyer());
        other.Salt = Hash256.FromBytes([.. new byte[31], 1]);
        // The day cannot end within the test.
        world.Time.Advance(TimeSpan.FromDays(1) - world.Time.GetUtcNow().TimeOfDay + TimeSpan.FromMinutes(1));
        buyer.Take(await DoneAsync(buyer.OpenAsync(Path, Buyer.Chat, Deposit)));
        Assert.Equal(1UL, buyer.Total);
        await world.CrashAsync();
        var (again, fresh) = (world.Buyer(), world.Buyer());
        (again.Total, fresh.Salt) = (buyer.Total, other.Salt);
        Assert.Equal(1 + Price, again.Take(await DoneAsync(again.PayAsync(Path, Buyer.Chat))));
        // The record of the channel is another one by now; that of the payer stays. Another channel is no other payer.
        await world.RestartGentlyAsync();
        await world.RestartAsync();
        fresh = new Buyer(Aitbc.Testing.TestAccounts.Key(0), world.Http, world.Time) { Salt = other.Salt };
        Assert.Equal(Price, fresh.Take(await DoneAsync(fresh.OpenAsync(Path, Buyer.Chat, Deposit))));

        world.Time.Advance(TimeSpan.FromDays(1) - world.Time.GetUtcNow().TimeOfDay - TimeSpan.FromSeconds(90));
        Assert.Equal(Price + Price, fresh.Take(await DoneAsync(fresh.PayAsync(Path, Buyer.Chat))));
        world.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal(Price + Price + 1, fresh.Take(await DoneAsync(fresh.PayAsync(Path, Buyer.Chat))));
        // A clock that is put back gives nothing a second time.
        world.Time.Advance(-TimeSpan.FromSeconds(120));
        Assert.Equal(Price + Price + 1 + Price, fresh.Take(await DoneAsync(fresh.PayAsync(Path, Buyer.Chat))));
    }

    [Fact]
    public async Task Without_a_channel_that_holds_the_deposit_nothing_is_free()
    {
        await using var world = await StartAsync(perClient: 1000, perDay: 1000);
        var (poor, leaving) = (world.Buyer(2), world.Buyer());
        using var paid = await poor.PostAsync(Path, Buyer.Chat, poor.Transfer(await poor.AskAsync(Path, Buyer.Chat)));
        Assert.False((await Agent.JsonAsync(paid))["aitbc"]!.AsObject().ContainsKey("free_tokens"));
        Assert.Equal(Price, poor.Take(await DoneAsync(poor.OpenAsync(Path, Buyer.Chat, Deposit - 1))));

        leaving.Take(await DoneAsync(leaving.OpenAsync(Path, Buyer.Chat, Deposit)));
        Assert.Equal(1UL, leaving.Total);
        var tab = world.Service<ChannelTabs>().All.Single(t => t.Charged == leaving.Total);
        var allowance = world.Service<FreeAllowance>();
        Assert.Equal(1000 - Tokens, allowance.LeftOn(leaving.Address, tab.View!));
        Assert.Equal(0UL, allowance.LeftOn(leaving.Address, tab.View! with { WithdrawingSince = 1 }));
        Assert.Null(allowance.Take(leaving.Address, tab.View! with { WithdrawingSince = 1 }, 1));
    }

    [Fact]
    public async Task All_payers_together_get_no_more_than_the_total_of_a_day()
    {
        await using var world = await StartAsync(perClient: Tokens, perDay: Tokens + 17);
        var (first, second) = (world.Buyer(), world.Buyer(2));
        Assert.Equal(1UL, first.Take(await DoneAsync(first.OpenAsync(Path, Buyer.Chat, Deposit))));
        Assert.Equal(600UL, second.Take(await DoneAsync(second.OpenAsync(Path, Buyer.Chat, Deposit))));
        Assert.Equal(Tokens + 17, world.Service<FreeAllowance>().GivenToday);
        Assert.Equal(600 + Price, second.Take(await DoneAsync(second.PayAsync(Path, Buyer.Chat))));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_made_again_for_what_it_cost_and_takes_nothing_more()
    {
        await using var world = await StartAsync(perClient: Tokens, perDay: 1000);
        var buyer = world.Buyer();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Buyer.Chat), Deposit);
        using var first = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(1UL, buyer.Take(first));
        await world.RestartAsync(() => Array.ForEach(
            Directory.GetFiles(System.IO.Path.Combine(world.Options.DataDirectory, "answers")), File.Delete));
        using var again = await world.Buyer().PostAsync(Path, Buyer.Chat, payment);
        var said = (await Agent.JsonAsync(again))["aitbc"]!;
        Assert.Equal(("1", Tokens), ((string)said["charged"]!, (ulong)said["free_tokens"]!));
        Assert.Equal(Tokens, world.Service<FreeAllowance>().GivenToday);
        Assert.Equal(1UL, Assert.Single(world.Service<ChannelTabs>().All).Charged);
    }

    private static Task<SellingWorld> StartAsync(ulong perClient, ulong perDay) => SellingWorld.StartAsync(
        set: o => o.FreeAllowance = new FreeAllowanceLimits
        {
            TokensPerClient = perClient,
            TokensPerDay = perDay,
            MinDeposit = Deposit,
        });

    private static string Id(HttpResponseMessage answer) => answer.Headers.GetValues("X-Aitbc-Answer").Single();

    /// <summary>The answer, read to its end.</summary>
    private static async Task<HttpResponseMessage> DoneAsync(Task<HttpResponseMessage> asked)
    {
        var answer = await asked;
        await answer.Content.LoadIntoBufferAsync(SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private static async Task<JsonNode> JsonAsync(SellingWorld world, string path) =>
        JsonNode.Parse(await world.Http.GetStringAsync(path, SellingWorld.Cancel))!;
}
