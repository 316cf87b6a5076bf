using Aitbc.Coordinator.Offers;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Book;

public class OfferTests : MarketSuite
{
    // Each is a way to the database and back: two locks, what decides, the row, the book's news, the ask, its input,
    // the answer.
    private const int MostStatements = 8;

    [Fact]
    public async Task Offers_are_listed_cheapest_first_in_pages_and_by_filters()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 30, change: o => o with { Name = "dear", Region = "us-1" });
        await market.SellAsync(market.ProviderKey, 10, change: o => o with { Name = "cheap", Warmth = "cold" });
        await market.SellAsync(market.ProviderKey, 20, change: o => o with { Name = "safe", Privacy = "no-log" });
        var first = await market.Client.OffersAsync(limit: 2, cancel: Cancel);
        var second = await market.Client.OffersAsync(limit: 2, after: first.Next, cancel: Cancel);
        Assert.Equal(["cheap", "safe", "dear"], first.Offers.Concat(second.Offers).Select(o => o.Offer.Name));
        Assert.Null(second.Next);
        Assert.Equal(["dear"], await NamesAsync(market, new OfferFilter { Region = "us-1" }));
        Assert.Equal(["safe"], await NamesAsync(market, new OfferFilter { Privacy = "no-log" }));
        Assert.Equal(["safe", "dear"], await NamesAsync(market, new OfferFilter { Warm = true }));
        Assert.Empty(await NamesAsync(market, new OfferFilter { ResourceClass = "gpu/h100-80g" }));
        Assert.Equal(3, (await market.Client.BookAsync("wasm", cancel: Cancel)).Asks.Count);
    }

    [Fact]
    public async Task A_newer_offer_of_a_name_replaces_it_and_a_capacity_of_zero_withdraws_it()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 30);
        market.Time.Advance(TimeSpan.FromSeconds(2));
        var newer = await market.Provider.PutOfferAsync(market.Offer(market.ProviderKey, 20), Cancel);
        Assert.Equal((UInt256)20, newer.Price);
        var older = market.Offer(market.ProviderKey, 10) with { IssuedAt = newer.Offer.IssuedAt - 1 };
        var refused = await RefusedAsync(() => market.Provider.PutOfferAsync(older, Cancel));
        Assert.Equal(ProblemCodes.Conflict, refused.Code);
        await market.Provider.PutOfferAsync(market.Offer(market.ProviderKey, 20, capacity: 0), Cancel);
        Assert.Empty((await market.Client.OffersAsync(cancel: Cancel)).Offers);
        Assert.Empty((await market.Client.BookAsync("wasm", cancel: Cancel)).Asks);
    }

    [Fact]
    public async Task An_offer_is_refused_unless_its_provider_signed_exactly_this()
    {
        await using var market = await StartAsync();
        var view = await market.SellAsync(market.ProviderKey, 30);
        Assert.True(view.Offer.IsSignedByProvider(EscrowChain.ChainId, (await market.Client.InfoAsync(Cancel)).Escrow));
        var cheaper = view.Offer with { UnitPrice = 1 };
        var refused = await RefusedAsync(() => market.Client.SendOfferAsync(cheaper, Cancel));
        Assert.Equal((401, ProblemCodes.Unauthorized), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_script_is_quoted_in_the_statements_that_its_engine_counts()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 30, change: o => o with
        {
            Engine = "js",
            ResourceClass = "js",
            UnitKind = "statement",
        });
        var quote = await market.Client.QuoteAsync(
            new QuoteRequest
            {
                IdempotencyKey = "script",
                Spec = new JobSpec
                {
                    Engine = JobSpec.JsEngine,
                    Js = new JsSpec
                    {
                        ScriptHash = default,
                        InputHash = default,
                        MaxStatements = 500_000_000,
                        MaxMemoryMib = 16,
                    },
                },
            },
            Cancel);
        Assert.Equal(("statement", 500_000_000UL, (UInt256)15), (quote.UnitKind, quote.Units, quote.Total));
    }

    [Fact]
    public async Task What_the_market_counts_on_follows_the_recent_serve_rate()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 7_000_000, capacity: 8);
        await market.RegisterAsync();
        var job = await market.FundedAsync();
        Assert.NotNull(await market.Provider.LeaseAsync(0, Cancel));
        await market.Provider.FailedAsync(job.Id, "engine_lost", "It died.", Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var view = Assert.Single((await market.Client.OffersAsync(cancel: Cancel)).Offers);
        Assert.Equal((875, 7, 7), (view.ServeRate, view.Slots, view.Free));
        Assert.Equal(1, ServeRecord.Slots(8, 0, false));
        Assert.Equal(500, ServeRecord.Slots(1000, 500, false));
        Assert.Equal(8, ServeRecord.Slots(1000, 500, true));
    }

    [Fact]
    public async Task An_offer_is_put_with_few_statements_of_the_database()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 30);
        var (added, renewed) = (int.MaxValue, int.MaxValue);
        // Other work of the coordinator may come between: the fewest of some attempts are those of the offer.
        for (var i = 0UL; i < 5; i++)
        {
            added = Math.Min(added, await StatementsAsync(market, market.Offer(market.ProviderKey, 20, name: $"o{i}")));
            renewed = Math.Min(renewed, await StatementsAsync(market, market.Offer(market.ProviderKey, 40 + i)));
        }

        Assert.True(Math.Max(added, renewed) <= MostStatements, $"{added} if it is new, {renewed} if not");
    }

    private static async Task<int> StatementsAsync(Market market, MarketOffer offer)
    {
        var before = market.Log.Lines.Count;
        await market.Provider.PutOfferAsync(offer, Cancel);
        return market.Log.Lines.Skip(before).Count(l => l.Contains("Executed DbCommand", StringComparison.Ordinal));
    }

    private static async Task<IEnumerable<string>> NamesAsync(Market market, OfferFilter filter) =>
        (await market.Client.OffersAsync(filter, cancel: Cancel)).Offers.Select(o => o.Offer.Name);
}
