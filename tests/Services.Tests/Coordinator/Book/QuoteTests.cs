using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Book;

public class QuoteTests : MarketSuite
{
    [Fact]
    public async Task A_quote_is_signed_by_the_market_and_names_price_worst_case_and_place()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700, capacity: 2);
        var request = await market.WantAsync();
        var quote = await market.Client.QuoteAsync(request, Cancel);
        var info = await market.Client.InfoAsync(Cancel);
        Assert.True(quote.IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        Assert.False((quote with { Total = 1 }).IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        Assert.Equal(((UInt256)700, 0, "warm"), (quote.Total, quote.QueuePlace, quote.Warmth));
        Assert.Equal(quote, await market.Client.QuoteAsync(request, Cancel));
        Assert.Equal(quote, await market.Client.QuoteAsync(quote.Id, Cancel));
        var next = await market.Client.QuoteAsync(await market.WantAsync("order-2"), Cancel);
        Assert.Equal(1, next.QueuePlace);
        Assert.Empty((await market.Client.BookAsync("wasm", cancel: Cancel)).Asks);
    }

    [Fact]
    public async Task Of_simultaneous_quotes_as_many_succeed_as_there_are_slots()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 10, capacity: 2);
        await market.SellAsync(market.StrangerKey, 10, capacity: 1);
        var requests = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => market.WantAsync($"key-{i}")));
        var answers = await Task.WhenAll(requests.Select(r => TryAsync(market, r)));
        Assert.Equal(3, answers.Count(a => a is null));
        Assert.All(answers.OfType<AitbcProblem>(), p => Assert.Equal("slots", p.Limit));
    }

    [Fact]
    public async Task A_slot_that_nobody_took_is_free_again_when_its_quote_expires()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 10);
        var quote = await market.Client.QuoteAsync(await market.WantAsync(), Cancel);
        var refused = await RefusedAsync(async () =>
            await market.Client.QuoteAsync(await market.WantAsync("order-2"), Cancel));
        Assert.Equal((ProblemCodes.NoOffer, "slots", true), (refused.Code, refused.Limit, refused.Retryable));
        market.Time.Advance(TimeSpan.FromSeconds(31));
        await market.Client.QuoteAsync(await market.WantAsync("order-2"), Cancel);
        var order = await OrderAsync(market, quote);
        var late = await RefusedAsync(() => market.Client.OrderAsync(order, Cancel));
        Assert.Equal(ProblemCodes.QuoteExpired, late.Code);
    }

    [Theory]
    [InlineData("region", "eu-1")]
    [InlineData("privacy", "open")]
    [InlineData("units", "2000000000")]
    [InlineData("within", "60")]
    [InlineData("price", "700")]
    [InlineData("provider", null)]
    public async Task A_refusal_names_the_limit_that_failed_and_the_nearest_offer(string limit, string? value)
    {
        await using var market = await StartAsync();
        var offer = await market.SellAsync(
            market.ProviderKey, 700, change: o => o with { LevelSeconds = 60, LevelCredit = 2_500 });
        var want = await market.WantAsync();
        var refused = await RefusedAsync(() => market.Client.QuoteAsync(
            limit switch
            {
                "region" => want with { Region = "mars" },
                "privacy" => want with { Privacy = PrivacyClass.Attested },
                "within" => want with { Within = 59 },
                "units" => want with { Spec = Larger(want.Spec) },
                "price" => want with { MaxPrice = 699 },
                _ => want with { Provider = market.StrangerKey.Address },
            },
            Cancel));
        Assert.Equal((409, limit), (refused.Status, refused.Limit));
        Assert.Equal(offer.Id.ToString(), refused.Nearest!.OfferId);
        Assert.Equal(value ?? market.ProviderKey.Address.ToString(), refused.Nearest.Value);
    }

    [Fact]
    public async Task An_order_takes_its_quote_once_and_the_paid_job_holds_the_slot_until_it_ends()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700);
        var quote = await market.Client.QuoteAsync(await market.WantAsync(), Cancel);
        var order = await OrderAsync(market, quote);
        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => market.Client.OrderAsync(order, Cancel)));
        var job = Assert.Single(jobs.DistinctBy(j => j.TermsHash));
        Assert.Equal((quote.Total, quote.Provider, quote.JobId), (job.Terms.Budget, job.Terms.Provider, job.Id));
        market.Fund(job);
        await market.Client.FundedAsync(job.Id, default, Cancel);
        for (var beats = 0; beats < 4; beats++)
        {
            market.Time.Advance(TimeSpan.FromSeconds(100));
            await market.Provider.HeartbeatAsync(1, Cancel);
        }

        Assert.Equal(0, Assert.Single((await market.Client.OffersAsync(cancel: Cancel)).Offers).Free);
        await market.Client.CancelAsync(job.Id, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        Assert.Equal(1, Assert.Single((await market.Client.OffersAsync(cancel: Cancel)).Offers).Free);
    }

    [Fact]
    public async Task A_quote_is_only_for_its_client_its_key_and_its_specification()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700);
        var quote = await market.Client.QuoteAsync(await market.WantAsync(), Cancel);
        Assert.Equal(
            ProblemCodes.QuoteNotFound, (await RefusedAsync(() => market.Stranger.QuoteAsync(quote.Id, Cancel))).Code);
        var order = await OrderAsync(market, quote);
        foreach (var wrong in new[]
        {
            order with { IdempotencyKey = "other" }, order with { Spec = Larger(order.Spec) },
            order with { Provider = market.StrangerKey.Address },
        })
        {
            Assert.Equal(
                ProblemCodes.Conflict, (await RefusedAsync(() => market.Client.OrderAsync(wrong, Cancel))).Code);
        }
    }

    private static async Task<AitbcProblem?> TryAsync(Market market, QuoteRequest request)
    {
        try
        {
            await market.Client.QuoteAsync(request, Cancel);
            return null;
        }
        catch (AitbcException refused)
        {
            return refused.Problem;
        }
    }

    private static async Task<OrderRequest> OrderAsync(Market market, MarketQuote quote) => new()
    {
        IdempotencyKey = "order-1",
        Spec = (await market.WantAsync()).Spec,
        QuoteId = quote.Id,
    };

    private static JobSpec Larger(JobSpec spec) => spec with { Wasm = spec.Wasm! with { MaxFuel = 3_000_000_000 } };
}
