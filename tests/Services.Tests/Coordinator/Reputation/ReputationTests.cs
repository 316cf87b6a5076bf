using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Services.Tests.Coordinator.Book;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Reputation;

public class ReputationTests : MarketSuite
{
    [Fact]
    public async Task A_score_follows_from_settled_jobs_and_names_the_payers_in_pages()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var newcomer = await market.StandingAsync();
        Assert.Equal((500, 0, false), (newcomer.Score, newcomer.Payers, newcomer.Pending));
        await market.ServedAsync(market.ClientKey, "one");
        Assert.Equal(666, (await market.StandingAsync()).Score);
        await market.ServedAsync(market.ClientKey, "two");
        await market.ServedAsync(market.StrangerKey, "three");
        await market.GivenUpAsync(market.StrangerKey, "four", "engine_lost");
        var first = await market.StandingAsync(limit: 1);
        var second = await market.StandingAsync(1, first.Next);
        Assert.Null(second.Next);
        Assert.Equal(2, first.Payers);
        var all = first.Marks.Concat(second.Marks).ToDictionary(m => m.Payer, m => Assert.Single(m.Weeks));
        Assert.Equal((2, 0), (all[market.ClientKey.Address].Served, all[market.ClientKey.Address].Broken));
        Assert.Equal((1, 1), (all[market.StrangerKey.Address].Served, all[market.StrangerKey.Address].Broken));
        // Anybody can count it again from what is shown.
        var tally = new ReputationTally(market.ProviderKey.Address, first.Week);
        foreach (var payer in first.Marks.Concat(second.Marks))
            tally.Add(payer);
        Assert.Equal((tally.Score, tally.Payers), (first.Score, first.Payers));
    }

    [Fact]
    public async Task A_job_that_a_provider_orders_of_itself_gives_no_mark()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.ServedAsync(market.ProviderKey, "mine");
        var standing = await market.StandingAsync();
        Assert.Equal((500, 0), (standing.Score, standing.Marks.Count));
        Assert.Equal(JobState.Settled, Assert.Single((await market.Provider.JobsAsync(cancel: Cancel)).Jobs).State);
    }

    [Theory]
    [InlineData("engine_lost", 333)]
    [InlineData("fuel_exhausted", 500)]
    public async Task Giving_up_breaks_a_providers_word_unless_the_work_is_to_blame(string code, int score)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.GivenUpAsync(market.ClientKey, "one", code);
        Assert.Equal(score, (await market.StandingAsync()).Score);
    }

    [Theory]
    [InlineData("cancelled")]
    [InlineData("payment_wrong_terms")]
    [InlineData("expired")]
    public async Task A_provider_that_gives_up_in_words_that_blame_others_is_not_believed(string code)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.GivenUpAsync(market.ClientKey, "one", code);
        var job = Assert.Single((await market.Client.JobsAsync(cancel: Cancel)).Jobs);
        Assert.Equal("provider_refused", job.Reason);
        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.Contains(story.Events, e => e.Detail.StartsWith(code, StringComparison.Ordinal));
        Assert.Equal(333, (await market.StandingAsync()).Score);
    }

    [Fact]
    public async Task A_job_that_its_client_gives_up_gives_no_mark()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        await market.Client.CancelAsync(job.Id, Cancel);
        Assert.Equal(JobState.Refunded, (await market.Client.JobAsync(job.Id, Cancel)).State);
        Assert.Equal(500, (await market.StandingAsync()).Score);
    }

    [Theory]
    [InlineData(0, 333)]
    [InlineData(100, 500)]
    public async Task A_job_that_expired_blames_the_provider_only_if_it_had_time(int paidAfter, int score)
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var job = await market.PaidAsync(market.ClientKey, "one", expiresIn: 150);
        market.Time.Advance(TimeSpan.FromSeconds(paidAfter));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(200));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal("expired", (await market.Client.JobAsync(job.Id, Cancel)).Reason);
        Assert.Equal(score, (await market.StandingAsync()).Score);
    }

    [Fact]
    public async Task Of_equal_prices_the_better_score_is_listed_quoted_and_matched_first()
    {
        await using var market = await StartAsync();
        using var other = Ends.Key(9);
        await market.SellAsync(other, 10);
        market.Time.Advance(TimeSpan.FromSeconds(1));
        await market.SellAsync(market.ProviderKey, 10);
        await market.RegisterAsync();
        Assert.Equal([other.Address, market.ProviderKey.Address], await SellersAsync(market));
        await market.ServedAsync(market.ClientKey, "one");
        Assert.Equal(666, (await market.StandingAsync()).Score);
        Assert.Equal([market.ProviderKey.Address, other.Address], await SellersAsync(market));
        var quote = await market.Client.QuoteAsync(await market.WantAsync("two"), Cancel);
        Assert.Equal(market.ProviderKey.Address, quote.Provider);
    }

    [Fact]
    public async Task A_score_fades_as_weeks_pass_and_a_lost_count_is_made_again_from_the_marks()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.ServedAsync(market.ClientKey, "one");
        Assert.Equal(666, (await market.StandingAsync()).Score);
        await using (var db = await market.Services
            .GetRequiredService<IDbContextFactory<CoordinatorDbContext>>().CreateDbContextAsync(Cancel))
        {
            await db.Standings.ExecuteUpdateAsync(
                set => set.SetProperty(s => s.Score, 1000).SetProperty(s => s.Stale, true), Cancel);
        }

        Assert.Equal(666, (await market.StandingAsync()).Score);
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddDays(28));
        Assert.Equal(600, (await market.StandingAsync()).Score);
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddDays(37 * 7));
        var faded = await market.StandingAsync();
        Assert.Equal((500, 0, 0), (faded.Score, faded.Payers, faded.Marks.Count));
    }

    [Fact]
    public async Task A_provider_that_is_not_registered_has_no_score()
    {
        await using var market = await StartAsync();
        var stranger = market.StrangerKey.Address;
        var refused = await RefusedAsync(() => market.Client.ReputationAsync(stranger, cancel: Cancel));
        Assert.Equal((404, ProblemCodes.ProviderNotFound), (refused.Status, refused.Code));
    }

    private static async Task<IEnumerable<Aitbc.Primitives.Address>> SellersAsync(Market market) =>
        (await market.Client.OffersAsync(cancel: Cancel)).Offers.Select(o => o.Offer.Provider);
}
