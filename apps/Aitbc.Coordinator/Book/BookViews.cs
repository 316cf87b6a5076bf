using System.Globalization;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Book;

/// <summary>What the books show to everybody: no names, only prices and slots.</summary>
internal sealed class BookViews(Books books, TimeProvider time)
{
    public Task<BookView> BookAsync(string? name, int depth, CancellationToken cancel)
    {
        var kind = KindOf(name);
        return ReadAsync(kind, book => new BookView
        {
            ResourceClass = kind.Name,
            PricedPer = kind.PricedPer,
            Sequence = book.Sequence,
            Hash = book.Hash,
            Asks = Levels(book.Asks, depth),
            Bids = Levels(book.Bids, depth),
        }, cancel);
    }

    public async Task<TickerPage> TickersAsync(string? name, int limit, string? after, CancellationToken cancel)
    {
        if (name is not null)
            return new TickerPage([await TickerAsync(KindOf(name), cancel)]);
        var kinds = books.All.Select(a => a.Kind).Where(k => string.CompareOrdinal(k.Name, after ?? "") > 0)
            .OrderBy(k => k.Name, StringComparer.Ordinal).Take(limit + 1).ToList();
        var tickers = new List<TickerView>();
        foreach (var kind in kinds.Take(limit))
            tickers.Add(await TickerAsync(kind, cancel));
        return new TickerPage(tickers, kinds.Count > limit ? tickers[^1].ResourceClass : null);
    }

    public Task<CandlePage> CandlesAsync(
        string? name, string? interval, int limit, string? after, CancellationToken cancel)
    {
        var kind = KindOf(name);
        if (interval is null || !TradeHistory.Intervals.Contains(interval))
            throw Refusal.Invalid($"interval is {string.Join(", ", TradeHistory.Intervals)}.");
        var before = Cursor(after);
        return ReadAsync(kind, book =>
        {
            var page = book.History.Candles(interval).Reverse().SkipWhile(c => c.FromMs >= before)
                .Take(limit + 1).ToList();
            return new CandlePage(
                kind.Name, interval, [.. page.Take(limit).Select(Of)], Next(page.Count > limit, page, limit));
        }, cancel);

        static string? Next(bool more, List<Candle> page, int limit) => more ? Number(page[limit - 1].FromMs) : null;
    }

    public Task<TradePage> TradesAsync(string? name, int limit, string? after, CancellationToken cancel)
    {
        var kind = KindOf(name);
        var before = Cursor(after);
        return ReadAsync(kind, book =>
        {
            var page = book.History.Trades.Reverse().SkipWhile(t => t.Sequence >= before).Take(limit + 1).ToList();
            return new TradePage(
                kind.Name,
                [.. page.Take(limit).Select(t => new TradeView(
                    t.Sequence, At(t.AtMs), Prices.Wide(t.Price), t.Quantity, Word(t.Taker)))],
                page.Count > limit ? Number(page[limit - 1].Sequence) : null);
        }, cancel);
    }

    /// <summary>The feed of a class that is traded; its book is loaded first, so that what is kept is known.</summary>
    public async Task<BookFeed> FeedAsync(string? name, CancellationToken cancel)
    {
        if (await books.FindAsync(KindOf(name), cancel) is not { } actor)
            throw Refusal.Of(
                404, ProblemCodes.NotFound, $"Nothing was offered in {name} yet.", "See GET /v1/market/ticker.");
        await actor.TurnAsync(turn => Task.FromResult(turn.Book.Sequence), cancel);
        return actor.Feed;
    }

    public static BookEvent Event(BookFact fact) => new()
    {
        Sequence = fact.Sequence,
        At = At(fact.AtMs),
        Kind = Word(fact.Kind),
        Side = Word(fact.Side),
        Price = Prices.Wide(fact.Price),
        Quantity = fact.Quantity,
        AtPrice = fact.AtPrice,
    };

    private Task<TickerView> TickerAsync(ResourceClass kind, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return ReadAsync(kind, book =>
        {
            var (ask, bid) = (Levels(book.Asks, 1), Levels(book.Bids, 1));
            return new TickerView
            {
                ResourceClass = kind.Name,
                PricedPer = kind.PricedPer,
                Sequence = book.Sequence,
                Last = book.History.Last is { } last ? Prices.Wide(last.Price) : null,
                Ask = ask.Count > 0 ? ask[0].Price : null,
                Bid = bid.Count > 0 ? bid[0].Price : null,
                AskQuantity = ask.Count > 0 ? ask[0].Quantity : 0,
                BidQuantity = bid.Count > 0 ? bid[0].Quantity : 0,
                Day = book.History.DayBefore(nowMs) is { } day ? Of(day) : null,
            };
        }, cancel);
    }

    /// <summary>A class that nobody traded yet has an empty book.</summary>
    private async Task<T> ReadAsync<T>(ResourceClass kind, Func<ClassBook, T> read, CancellationToken cancel) =>
        await books.FindAsync(kind, cancel) is { } actor
            ? await actor.TurnAsync(turn => Task.FromResult(read(turn.Book)), cancel)
            : read(new ClassBook());

    private static ResourceClass KindOf(string? name) =>
        ResourceClass.TryParse(name)
            ?? throw Refusal.Invalid("class is model/NAME, gpu/NAME, wasm, js or container/sha256:HEX.");

    private static IReadOnlyList<DepthLevel> Levels(BookHalf half, int depth) =>
        [.. half.Depth(depth).Select(l => new DepthLevel(Prices.Wide(l.Price), l.Quantity, l.Orders))];

    private static CandleView Of(Candle candle) => new(
        At(candle.FromMs),
        Prices.Wide(candle.Open),
        Prices.Wide(candle.High),
        Prices.Wide(candle.Low),
        Prices.Wide(candle.Close),
        candle.Volume,
        candle.Trades);

    private static long Cursor(string? after) =>
        after is null ? long.MaxValue
        : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before
        : throw Refusal.Invalid("after is not a cursor of an earlier page.");

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);
}
