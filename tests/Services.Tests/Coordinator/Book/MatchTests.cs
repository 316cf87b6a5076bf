using System.Net.WebSockets;
using System.Text.Json;
using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Book;

public class MatchTests : MarketSuite
{
    [Fact]
    public async Task A_bid_waits_until_an_offer_meets_its_price_and_then_has_a_firm_quote()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 900);
        var bid = await market.Client.BidAsync(await market.BidAsync(800), Cancel);
        Assert.Equal(BidState.Resting, bid.State);
        await market.SellAsync(market.StrangerKey, 750, capacity: 3);
        bid = await market.Client.BidAsync(bid.JobId, Cancel);
        Assert.Equal(BidState.Matched, bid.State);
        Assert.Equal(((UInt256)800, market.StrangerKey.Address), (bid.Quote!.Total, bid.Quote.Provider));
        var job = await market.Client.OrderAsync(
            new OrderRequest
            {
                IdempotencyKey = "order-1",
                Spec = (await market.WantAsync()).Spec,
                QuoteId = bid.Quote.Id,
            },
            Cancel);
        Assert.Equal((UInt256)800, job.Terms.Budget);
        var ticker = Assert.Single((await market.Client.TickersAsync(cancel: Cancel)).Tickers);
        Assert.Equal(((UInt256)800, (UInt256)750, 2L), (ticker.Last, ticker.Ask, ticker.AskQuantity));
        var trade = Assert.Single((await market.Client.TradesAsync("wasm", cancel: Cancel)).Trades);
        Assert.Equal(("ask", 1L), (trade.Taker, trade.Quantity));
        var candle = Assert.Single((await market.Client.CandlesAsync("wasm", "1h", cancel: Cancel)).Candles);
        Assert.Equal(((UInt256)800, 1L), (candle.Close, candle.Volume));
    }

    [Fact]
    public async Task The_same_slot_is_never_given_to_a_quote_and_to_a_bid()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700, capacity: 4);
        var wants = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => market.WantAsync($"quote-{i}")));
        var bids = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => market.BidAsync(700, $"bid-{i}")));
        var quoted = Task.WhenAll(wants.Select(async w =>
            await Record.ExceptionAsync(() => market.Client.QuoteAsync(w, Cancel)) is null));
        var matched = Task.WhenAll(bids.Select(async b =>
            (await market.Client.BidAsync(b, Cancel)).State == BidState.Matched));
        Assert.Equal(4, (await quoted).Count(q => q) + (await matched).Count(m => m));
        Assert.Equal(0, Assert.Single((await market.Client.OffersAsync(cancel: Cancel)).Offers).Free);
    }

    [Fact]
    public async Task An_offer_named_as_its_owners_bid_leaves_the_bid_as_it_was()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.StrangerKey, 900);
        var bid = await market.Provider.BidAsync(await market.BidAsync(800, "same"), Cancel);
        var offer = await market.SellAsync(market.ProviderKey, 850, capacity: 4, change: o => o with { Name = "same" });
        Assert.Equal(bid.JobId, offer.Id);
        var book = await market.Client.BookAsync("wasm", cancel: Cancel);
        var level = Assert.Single(book.Bids);
        Assert.Equal(((UInt256)800, 1L), (level.Price, level.Quantity));
        Assert.Equal(BidState.Cancelled, (await market.Provider.CancelBidAsync(bid.JobId, Cancel)).State);
        Assert.Empty((await market.Client.BookAsync("wasm", cancel: Cancel)).Bids);
    }

    [Fact]
    public async Task A_bid_named_as_its_owners_offer_is_refused_and_the_offer_stays()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 850, change: o => o with { Name = "same" });
        var request = await market.BidAsync(800, "same");
        var refused = await RefusedAsync(() => market.Provider.BidAsync(request, Cancel));
        Assert.Equal((409, ProblemCodes.Conflict), (refused.Status, refused.Code));
        Assert.Single((await market.Client.BookAsync("wasm", cancel: Cancel)).Asks);
    }

    [Fact]
    public async Task A_restart_replays_the_same_book_and_the_feed_goes_on_from_any_number()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700, capacity: 3);
        await market.Client.BidAsync(await market.BidAsync(600, "low"), Cancel);
        await market.Client.BidAsync(await market.BidAsync(700, "meets"), Cancel);
        var withdrawn = await market.Client.BidAsync(await market.BidAsync(500, "withdrawn"), Cancel);
        Assert.Equal(BidState.Cancelled, (await market.Client.CancelBidAsync(withdrawn.JobId, Cancel)).State);
        var before = await market.Client.BookAsync("wasm", cancel: Cancel);
        await market.RestartAsync();
        var after = await market.Client.BookAsync("wasm", cancel: Cancel);
        Assert.Equal((before.Hash, before.Sequence), (after.Hash, after.Sequence));
        Assert.Equal(before.Asks.Concat(before.Bids), after.Asks.Concat(after.Bids));
        var events = await TakeAsync(market.Client.FeedAsync("wasm", 0, Cancel), (int)after.Sequence);
        Assert.Equal(Enumerable.Range(1, (int)after.Sequence).Select(i => (long)i), events.Select(e => e.Sequence));
        Assert.Contains(events, e => e is { Kind: "traded", AtPrice: 2 });
        var rest = await TakeAsync(market.Client.FeedAsync("wasm", after.Sequence - 1, Cancel), 1);
        Assert.Equal(events[^1], rest[0]);
    }

    [Fact]
    public async Task Changes_come_live_over_events_and_over_a_socket()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 700, capacity: 3);
        var book = await market.Client.BookAsync("wasm", cancel: Cancel);
        using var socket = new ClientWebSocket();
        var door = new UriBuilder(market.Http.BaseAddress!)
        {
            Scheme = "ws",
            Path = "/v1/market/socket",
            Query = $"class=wasm&after={book.Sequence}",
        };
        await socket.ConnectAsync(door.Uri, Cancel);
        var live = TakeAsync(market.Client.FeedAsync("wasm", book.Sequence, Cancel), 1);
        await market.Client.BidAsync(await market.BidAsync(600), Cancel);
        var buffer = new byte[4096];
        var message = await socket.ReceiveAsync(buffer, Cancel);
        var told = JsonSerializer.Deserialize(buffer.AsSpan(0, message.Count), MarketJson.Default.BookEvent);
        Assert.Equal(("placed", "bid", book.Sequence + 1), (told!.Kind, told.Side, told.Sequence));
        Assert.Equal(told, Assert.Single(await live));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
    }

    [Fact]
    public void A_reader_that_does_not_keep_up_is_cut_and_the_others_go_on()
    {
        var (book, feed) = (new ClassBook(), new BookFeed());
        using var slow = feed.Subscribe(null);
        using var quick = feed.Subscribe(0);
        for (var i = 1; i <= BookFeed.QueueLength + 1; i++)
        {
            feed.Publish(book.Apply(ClassBookTests.Place(i, BookSide.Ask, 100, 1)));
            Assert.True(quick.Queue.TryRead(out var fact));
            Assert.Equal(i, fact.Sequence);
        }

        Assert.True(slow.Cut.IsCancellationRequested);
        Assert.False(quick.Cut.IsCancellationRequested);
        using var back = feed.Subscribe(BookFeed.QueueLength);
        Assert.Equal(BookFeed.QueueLength + 1, Assert.Single(back.Missed).Sequence);
    }

    [Fact]
    public void A_reader_that_comes_back_too_late_is_told_to_take_the_book_anew()
    {
        var (book, feed) = (new ClassBook(), new BookFeed());
        for (var i = 1; i <= BookFeed.Kept + 2; i++)
            feed.Publish(book.Apply(ClassBookTests.Place(i, BookSide.Ask, 100, 1)));
        Assert.Equal(ProblemCodes.Conflict, Assert.Throws<AitbcException>(() => feed.Subscribe(1)).Problem.Code);
        using var reader = feed.Subscribe(2);
        Assert.Equal(BookFeed.Kept, reader.Missed.Count);
    }

    private static async Task<List<BookEvent>> TakeAsync(IAsyncEnumerable<BookEvent> feed, int count)
    {
        var events = new List<BookEvent>();
        await foreach (var change in feed)
        {
            events.Add(change);
            if (events.Count == count)
                break;
        }

        return events;
    }
}
