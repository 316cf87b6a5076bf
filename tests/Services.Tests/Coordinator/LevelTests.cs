using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Services.Tests.Coordinator.Book;
using Services.Tests.Coordinator.Reputation;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator;

/// <summary>
/// A promise goes from the offer into the terms, and what the escrow decides of it is told and counts.
/// </summary>
public class LevelTests : MarketSuite
{
    private static readonly JobLevel Minute = new(60, 2_500);

    [Fact]
    public async Task A_promise_goes_from_the_offer_through_the_quote_into_the_terms()
    {
        await using var market = await StartAsync();
        var (quote, job) = await OrderAsync(market);
        Assert.Equal((Minute, Minute), (quote.Level(), job.Terms.Level));
        Assert.Equal(job.TermsHash, job.Terms.Hash());
        Assert.True(quote.IsSignedBy(market.EvaluatorKey.Address, EscrowChain.ChainId, job.Terms.Escrow));
        Assert.False((quote with { LevelCredit = 1 }).IsSignedBy(
            market.EvaluatorKey.Address, EscrowChain.ChainId, job.Terms.Escrow));
        Assert.Null(job.Credit);
    }

    [Fact]
    public async Task A_bid_that_matches_is_promised_what_the_offer_promises()
    {
        await using var market = await StartAsync();
        await SellAsync(market, Minute);
        await market.Client.BidAsync(await market.BidAsync(900), Cancel);
        var bid = await market.Client.BidAsync(JobId.Derive(market.ClientKey.Address, "order-1"), Cancel);
        Assert.Equal(Minute, bid.Quote!.Level());
    }

    [Fact]
    public async Task An_order_that_is_priced_from_a_registration_has_no_level()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        Assert.Null((await market.FundedAsync()).Terms.Level);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(-1, 1)]
    [InlineData(JobLevel.MostSeconds + 1, 1)]
    [InlineData(1, JobLevel.WholeCredit + 1)]
    public async Task A_promise_that_cannot_be_is_no_offer(int seconds, int credit)
    {
        await using var market = await StartAsync();
        var refused = await RefusedAsync(() => market.SellAsync(
            market.ProviderKey, 700, change: o => o with { LevelSeconds = seconds, LevelCredit = credit }));
        Assert.Equal(400, refused.Status);
    }

    [Fact]
    public async Task A_promise_that_its_provider_did_not_sign_is_none_of_its_offer()
    {
        await using var market = await StartAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var signed = await market.Offer(market.ProviderKey, 700).SignAsync(market.ProviderKey, info, Cancel);
        Assert.True(signed.IsSignedByProvider(info.ChainId, info.Escrow));
        Assert.False((signed with { LevelSeconds = 60 }).IsSignedByProvider(info.ChainId, info.Escrow));
        Assert.False((signed with { LevelCredit = 2_500 }).IsSignedByProvider(info.ChainId, info.Escrow));
    }

    [Fact]
    public async Task Who_wants_it_within_a_time_is_quoted_the_cheapest_that_promises_it()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700);
        await market.SellAsync(market.StrangerKey, 900, change: o => o with { LevelSeconds = 60, LevelCredit = 1 });
        var want = await market.WantAsync();
        var refused = await RefusedAsync(() => market.Client.QuoteAsync(want with { Within = 59 }, Cancel));
        Assert.Equal(("within", "60"), (refused.Limit, refused.Nearest!.Value));
        var nothing = await RefusedAsync(() => market.Client.QuoteAsync(want with { Within = 0 }, Cancel));
        Assert.Equal(400, nothing.Status);
        var quote = await market.Client.QuoteAsync(want with { Within = 60 }, Cancel);
        Assert.Equal((market.StrangerKey.Address, new JobLevel(60, 1)), (quote.Provider, quote.Level()));
    }

    [Theory]
    [InlineData(60, 0UL)]
    [InlineData(61, 1UL)]
    public async Task A_late_result_is_paid_less_told_and_a_broken_word(int after, ulong credit)
    {
        await using var market = await StartAsync();
        var (_, job) = await OrderAsync(market);
        // Paid by any other function it would be a payment for other terms.
        Assert.Contains(
            "with openJobWithLevel,", (await market.Client.WhyAsync(job.Id, Cancel)).Next!, StringComparison.Ordinal);
        market.Fund(job);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(after));
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);

        var (charge, late) = (receipt.Receipt.Charge, credit > 0);
        var ended = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal(JobState.Settled, ended.State);
        Assert.Equal((charge, late ? credit : (UInt256?)null), (ended.Charge, ended.Credit));
        var story = await market.Client.WhyAsync(job.Id, Cancel);
        Assert.Equal((charge - credit, late ? credit : (UInt256?)null), (story.Charge!.Value, story.Credit));
        Assert.Equal(late ? 1 : 0, story.Events.Count(e => e is { What: "level_missed", Who: "chain" }));
        var mark = Assert.Single(Assert.Single((await market.StandingAsync()).Marks).Weeks);
        Assert.Equal(late ? (0, 1) : (1, 0), (mark.Served, mark.Broken));
    }

    [Fact]
    public async Task A_late_result_that_is_found_paid_after_a_stop_still_says_its_credit()
    {
        await using var market = await StartAsync();
        var (_, job) = await OrderAsync(market);
        market.Fund(job);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(61));
        await market.ExecuteAsync(job);
        market.Chain.Change(job.Id, j => j with { Status = EscrowStatus.Completed });
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var ended = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Settled, (UInt256?)1UL), (ended.State, ended.Credit));
    }

    [Fact]
    public async Task A_late_result_that_is_rejected_shows_no_credit()
    {
        await using var market = await StartAsync();
        var (_, job) = await OrderAsync(market);
        market.Fund(job);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        market.Time.Advance(TimeSpan.FromSeconds(61));
        await market.ExecuteAsync(job);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        market.Time.Advance(TimeSpan.FromHours(1));
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var ended = await market.Client.JobAsync(job.Id, Cancel);
        Assert.Equal((JobState.Refunded, (UInt256?)null), (ended.State, ended.Credit));
    }

    [Fact]
    public async Task A_payment_with_another_level_than_the_terms_is_refunded()
    {
        await using var market = await StartAsync();
        await SellAsync(market, Minute, capacity: 4);
        EscrowLevel?[] levels = [null, new(59, 2_500, 1, default), new(60, 9_999, 1, default)];
        foreach (var level in levels)
        {
            var (_, job) = await OrderAsync(market, $"order-{level?.Seconds}-{level?.CreditBasisPoints}", sell: false);
            market.Fund(job, held => held with { Level = level });
            await market.Settler.ReconcileAsync(job.Id, Cancel);
            var ended = await market.Client.JobAsync(job.Id, Cancel);
            Assert.Equal((JobState.Refunded, ProblemCodes.PaymentWrongTerms), (ended.State, ended.Reason));
        }

        await market.RegisterAsync();
        var plain = await market.FundedAsync("plain", held => held with { Level = levels[1] });
        await market.Settler.ReconcileAsync(plain.Id, Cancel);
        Assert.Equal(ProblemCodes.PaymentWrongTerms, (await market.Client.JobAsync(plain.Id, Cancel)).Reason);
    }

    private static Task<OfferView> SellAsync(Market market, JobLevel level, int capacity = 1) => market.SellAsync(
        market.ProviderKey, 800, capacity, o => o with
        {
            LevelSeconds = level.Seconds,
            LevelCredit = level.Credit,
        });

    private static async Task<(MarketQuote Quote, JobView Job)> OrderAsync(
        Market market, string key = "order-1", bool sell = true)
    {
        if (sell)
            await SellAsync(market, Minute);
        var want = await market.WantAsync(key);
        var quote = await market.Client.QuoteAsync(want, Cancel);
        return (quote, await market.Client.OrderAsync(
            new OrderRequest { IdempotencyKey = key, Spec = want.Spec, QuoteId = quote.Id }, Cancel));
    }
}
