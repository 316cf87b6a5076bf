using Aitbc.Coordinator;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Reputation;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Verification;

/// <summary>Outputs that are compared before they are paid.</summary>
public class VerificationTests : MarketSuite, IDisposable
{
    private static readonly (JobState, string?) Paid = (JobState.Settled, null);
    private static readonly (JobState, string?) Waiting = (JobState.Submitted, null);
    private static readonly (JobState, string?) Refuted = (JobState.Refunded, ProblemCodes.ResultDisagrees);
    private readonly LocalSigner[] keys = [Ends.Key(2), Ends.Key(5), Ends.Key(6)];

    public void Dispose()
    {
        foreach (var key in keys)
            key.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Runs_that_agree_are_paid_and_the_one_that_disagrees_is_refunded_with_the_evidence()
    {
        await using var market = await SoldAsync();
        var jobs = await market.OrderRunsAsync(agree: 2, runs: 3);
        Assert.Equal(3, jobs.Select(j => j.Terms.Provider).Distinct().Count());
        await market.DeliverAsync(jobs[0], "wrong", keys);
        await market.DeliverAsync(jobs[1], "right", keys);
        Assert.Equal(Waiting, await market.EndAsync(jobs[0]));
        Assert.Equal(Waiting, await market.EndAsync(jobs[1]));
        await market.DeliverAsync(jobs[2], "right", keys);
        Assert.Equal(
            [Refuted, Paid, Paid],
            [await market.EndAsync(jobs[0]), await market.EndAsync(jobs[1]), await market.EndAsync(jobs[2])]);
        var why = await market.Client.WhyAsync(jobs[0].Id, Cancel);
        Assert.False(why.Charged);
        var told = Assert.Single(why.Events, e => e.What == ProblemCodes.ResultDisagrees);
        Assert.Contains(jobs[1].Id.ToString(), told.Detail, StringComparison.Ordinal);
        Assert.Contains(jobs[2].Id.ToString(), told.Detail, StringComparison.Ordinal);
        var marks = (await market.Client.ReputationAsync(jobs[0].Terms.Provider, cancel: Cancel)).Marks;
        Assert.Equal((0, 1), (marks.Single().Weeks.Single().Served, marks.Single().Weeks.Single().Broken));
    }

    [Fact]
    public async Task A_run_whose_others_never_come_is_paid_at_half_of_the_window()
    {
        // The other provider is silent and nobody is given up for it.
        await using var market = await SoldAsync(o => o with { VanishedSeconds = 86_400 });
        var jobs = await market.OrderRunsAsync(agree: 2, runs: 2);
        await market.DeliverAsync(jobs[0], "alone", keys);
        market.Time.Advance(TimeSpan.FromSeconds(1799));
        Assert.Equal(Waiting, await market.EndAsync(jobs[0]));
        market.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Paid, await market.EndAsync(jobs[0]));
    }

    [Fact]
    public async Task Runs_of_which_too_few_agree_are_all_paid()
    {
        await using var market = await SoldAsync();
        var jobs = await market.OrderRunsAsync(agree: 2, runs: 2);
        await market.DeliverAsync(jobs[0], "this", keys);
        await market.DeliverAsync(jobs[1], "that", keys);
        Assert.Equal([Paid, Paid], [await market.EndAsync(jobs[0]), await market.EndAsync(jobs[1])]);
    }

    [Fact]
    public async Task Newcomers_and_the_clients_own_providers_refute_nobody()
    {
        await using var market = await StartAsync();
        market.Chain.Agents[5] = (keys[1].Address, market.ClientKey.Address);
        await market.SellerAsync(keys[0]);
        await market.SellerAsync(keys[1], isBonded: true, agent: 5);
        await market.SellerAsync(keys[2], isBonded: false);
        var jobs = await market.OrderRunsAsync(agree: 2, runs: 3);
        foreach (var job in jobs)
            await market.DeliverAsync(job, job.Terms.Provider == keys[0].Address ? "right" : "wrong", keys);
        foreach (var job in jobs)
            Assert.Equal(Paid, await market.EndAsync(job));
    }

    [Fact]
    public async Task A_known_answer_tests_a_provider_that_cannot_tell_it_from_other_work()
    {
        await using var market = await SoldAsync();
        foreach (var job in await market.OrderRunsAsync(agree: 2, runs: 3))
            await market.DeliverAsync(job, "right", keys);
        await market.Settler.SweepAsync(Cancel);
        await market.SellerAsync(market.StrangerKey, isBonded: false);
        var honest = await CanaryAsync(market, "one", "right");
        Assert.Equal(Paid, await market.EndAsync(honest));
        var wrong = await CanaryAsync(market, "two", "wrong");
        Assert.Null(wrong.Terms.Verification);
        Assert.Equal(Paid, await market.EndAsync(wrong));
        Assert.Single((await market.Client.WhyAsync(wrong.Id, Cancel)).Events, e =>
            e.What == ProblemCodes.ResultDisagrees);
        var week = (await market.Client.ReputationAsync(market.StrangerKey.Address, cancel: Cancel)).Marks
            .Single().Weeks.Single();
        Assert.Equal((1, 1), (week.Served, week.Broken));
    }

    [Fact]
    public async Task Quotes_for_other_runs_leave_out_the_providers_named_and_those_of_their_owner()
    {
        await using var market = await StartAsync();
        market.Chain.Agents[5] = (keys[0].Address, market.StrangerKey.Address);
        market.Chain.Agents[6] = (keys[1].Address, market.StrangerKey.Address);
        await market.SellerAsync(keys[0], agent: 5);
        await market.SellerAsync(keys[1], agent: 6);
        var want = await market.WantAsync() with { Exclude = [keys[0].Address] };
        var refused = await RefusedAsync(() => market.Client.QuoteAsync(want, Cancel));
        Assert.Equal((ProblemCodes.NoOffer, "exclude"), (refused.Code, refused.Limit));
        await market.SellerAsync(keys[2]);
        Assert.Equal(keys[2].Address, (await market.Client.QuoteAsync(want, Cancel)).Provider);
        var many = want with { Exclude = [.. Enumerable.Repeat(keys[0].Address, 9)] };
        Assert.Equal(400, (await RefusedAsync(() => market.Client.QuoteAsync(many, Cancel))).Status);
    }

    [Fact]
    public async Task Verification_is_refused_where_it_means_nothing_and_a_run_is_ordered_once()
    {
        await using var market = await SoldAsync();
        var order = await market.OrderRequestAsync("a");
        var verified = JobVerification.Of(market.ClientKey.Address, "a", 2, 3, 1);
        var chat = new JobSpec
        {
            Engine = JobSpec.OllamaEngine,
            Ollama = new OllamaSpec { Model = "m", Messages = [new("user", "hi")], MaxOutputTokens = 1 },
        };
        Assert.Equal(
            (422, ProblemCodes.VerificationUnsupported),
            await AnswerAsync(market, order with { Spec = chat, Verification = verified }));
        foreach (var bad in new[]
        {
            verified with { Agree = 1 }, verified with { Agree = 4 }, verified with { Runs = 6, Agree = 4 },
            verified with { Run = 0 }, verified with { Run = 4 },
        })
        {
            Assert.Equal(
                (400, ProblemCodes.InvalidRequest), await AnswerAsync(market, order with { Verification = bad }));
        }

        await market.RegisterAsync();
        var job = await market.Client.OrderAsync(order with { Verification = verified }, Cancel);
        Assert.Equal(verified, job.Terms.Verification);
        Assert.NotEqual((job.Terms with { Verification = null }).Hash(), job.TermsHash);
        Assert.Equal(
            (409, ProblemCodes.Conflict),
            await AnswerAsync(market, order with { IdempotencyKey = "b", Verification = verified }));
    }

    private static async Task<(int Status, string Code)> AnswerAsync(Market market, OrderRequest order)
    {
        var refused = await RefusedAsync(() => market.Client.OrderAsync(order, Cancel));
        return (refused.Status, refused.Code);
    }

    private static async Task<JobView> CanaryAsync(Market market, string key, string answer)
    {
        var want = await market.WantAsync(key) with { Provider = market.StrangerKey.Address };
        var quote = await market.Client.QuoteAsync(want, Cancel);
        var job = await market.Client.OrderAsync(
            new OrderRequest { IdempotencyKey = key, Spec = want.Spec, QuoteId = quote.Id }, Cancel);
        market.Fund(job);
        await market.Client.FundedAsync(job.Id, default, Cancel);
        await market.DeliverAsync(job, answer, market.StrangerKey);
        return job;
    }

    private async Task<Market> SoldAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        var market = await StartAsync(change);
        foreach (var key in keys)
            await market.SellerAsync(key);
        return market;
    }
}
