namespace Aitbc.Coordinator.Book.Engine;

/// <summary>One trade as the feeds and lists show it.</summary>
internal readonly record struct PastTrade(long Sequence, long AtMs, UInt128 Price, long Quantity, BookSide Taker);

/// <summary>Open, high, low, close and volume of one interval, which begins at a whole multiple of it in UTC.</summary>
internal readonly record struct Candle(
    long FromMs, UInt128 Open, UInt128 High, UInt128 Low, UInt128 Close, long Volume, long Trades)
{
    public Candle With(UInt128 price, long quantity) => this with
    {
        High = UInt128.Max(High, price),
        Low = UInt128.Min(Low, price),
        Close = price,
        Volume = Volume + quantity,
        Trades = Trades + 1,
    };
}

/// <summary>The last trades and the candles of four intervals, each list bounded.</summary>
internal sealed class TradeHistory
{
    /// <summary>Most trades, and most candles of an interval, that are kept.</summary>
    public const int Most = 1500;

    private const long Minute = 60_000;
    private const long Day = 24 * 60 * Minute;
    private readonly Queue<PastTrade> trades = new();

    private readonly Dictionary<string, (long Length, List<Candle> Candles)> intervals = new()
    {
        ["1m"] = (Minute, []),
        ["5m"] = (5 * Minute, []),
        ["1h"] = (60 * Minute, []),
        ["1d"] = (Day, []),
    };

    public static IReadOnlyList<string> Intervals { get; } = ["1m", "5m", "1h", "1d"];

    public PastTrade? Last { get; private set; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyCollection<PastTrade> Trades => trades;

    /// <summary>Oldest first; an interval without a trade has no candle.</summary>
    public IReadOnlyList<Candle> Candles(string interval) => intervals[interval].Candles;

    public void Add(long atMs, UInt128 price, long quantity, long sequence, BookSide taker)
    {
        var trade = new PastTrade(sequence, atMs, price, quantity, taker);
        Last = trade;
        trades.Enqueue(trade);
        if (trades.Count > Most)
            trades.Dequeue();
        foreach (var (length, candles) in intervals.Values)
            Add(candles, atMs - (atMs % length), price, quantity);
    }

    /// <summary>The candle of the 24 hours up to a time, from those of minutes; null = nothing was traded.</summary>
    public Candle? DayBefore(long nowMs)
    {
        Candle? day = null;
        foreach (var minute in intervals["1m"].Candles)
        {
            if (minute.FromMs <= nowMs - Day)
                continue;
            day = day is not { } sum ? minute : sum with
            {
                High = UInt128.Max(sum.High, minute.High),
                Low = UInt128.Min(sum.Low, minute.Low),
                Close = minute.Close,
                Volume = sum.Volume + minute.Volume,
                Trades = sum.Trades + minute.Trades,
            };
        }

        return day;
    }

    private static void Add(List<Candle> candles, long fromMs, UInt128 price, long quantity)
    {
        if (candles.Count > 0 && candles[^1].FromMs == fromMs)
        {
            candles[^1] = candles[^1].With(price, quantity);
            return;
        }

        candles.Add(new Candle(fromMs, price, price, price, price, quantity, 1));
        if (candles.Count > 2 * Most)
            candles.RemoveRange(0, Most);
    }
}
