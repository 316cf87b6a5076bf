using Aitbc.Primitives;

namespace Aitbc.Sdk.Market;

/// <summary>What rests at one price.</summary>
/// <param name="Price">atto-AIT for the class's pricing quantity.</param>
/// <param name="Quantity">Slots.</param>
/// <param name="Orders">Number of orders.</param>
public sealed record DepthLevel(UInt256 Price, long Quantity, int Orders);

/// <summary>Answer of <c>GET /v1/market/book</c>.</summary>
public sealed record BookView
{
    /// <summary>The class.</summary>
    public required string ResourceClass { get; init; }

    /// <summary>Units that prices are for.</summary>
    public required ulong PricedPer { get; init; }

    /// <summary>Number of the last fact in it: a feed goes on after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Hash of all facts so far.</summary>
    public required Hash256 Hash { get; init; }

    /// <summary>Lowest price first.</summary>
    public required IReadOnlyList<DepthLevel> Asks { get; init; }

    /// <summary>Highest price first.</summary>
    public required IReadOnlyList<DepthLevel> Bids { get; init; }
}

/// <summary>Answer of <c>GET /v1/market/ticker</c>: one class in a line.</summary>
public sealed record TickerView
{
    /// <summary>The class.</summary>
    public required string ResourceClass { get; init; }

    /// <summary>Units that prices are for.</summary>
    public required ulong PricedPer { get; init; }

    /// <summary>Number of the last fact in it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Price of the last trade; null = there was none.</summary>
    public UInt256? Last { get; init; }

    /// <summary>Lowest ask; null = none.</summary>
    public UInt256? Ask { get; init; }

    /// <summary>Highest bid; null = none.</summary>
    public UInt256? Bid { get; init; }

    /// <summary>Slots that rest as asks at the lowest price.</summary>
    public long AskQuantity { get; init; }

    /// <summary>Slots that rest as bids at the highest price.</summary>
    public long BidQuantity { get; init; }

    /// <summary>First, highest, lowest price, volume and trades of 24 hours; null = nothing was traded.</summary>
    public CandleView? Day { get; init; }
}

/// <summary>Answer of <c>GET /v1/market/ticker</c> without a class.</summary>
/// <param name="Tickers">By class.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record TickerPage(IReadOnlyList<TickerView> Tickers, string? Next = null);

/// <summary>One interval of a class.</summary>
/// <param name="From">Its begin, a whole multiple of the interval in UTC.</param>
/// <param name="Open">First price.</param>
/// <param name="High">Highest price.</param>
/// <param name="Low">Lowest price.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">Slots.</param>
/// <param name="Trades">Number of trades.</param>
public sealed record CandleView(
    DateTimeOffset From, UInt256 Open, UInt256 High, UInt256 Low, UInt256 Close, long Volume, long Trades);

/// <summary>Answer of <c>GET /v1/market/candles</c>: newest first; an interval without a trade has none.</summary>
/// <param name="ResourceClass">The class.</param>
/// <param name="Interval"><c>1m</c>, <c>5m</c>, <c>1h</c> or <c>1d</c>.</param>
/// <param name="Candles">The candles.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record CandlePage(
    string ResourceClass, string Interval, IReadOnlyList<CandleView> Candles, string? Next = null);

/// <summary>One trade.</summary>
/// <param name="Sequence">Its number in the book.</param>
/// <param name="At">When.</param>
/// <param name="Price">atto-AIT for the class's pricing quantity.</param>
/// <param name="Quantity">Slots.</param>
/// <param name="Taker">Side of the order that came second: <c>ask</c> or <c>bid</c>.</param>
public sealed record TradeView(long Sequence, DateTimeOffset At, UInt256 Price, long Quantity, string Taker);

/// <summary>Answer of <c>GET /v1/market/trades</c>: newest first.</summary>
/// <param name="ResourceClass">The class.</param>
/// <param name="Trades">The trades.</param>
/// <param name="Next">Cursor of the next page; null = this is the last.</param>
public sealed record TradePage(string ResourceClass, IReadOnlyList<TradeView> Trades, string? Next = null);

/// <summary>One change of a book, in a feed (specs/market/book.md).</summary>
public sealed record BookEvent
{
    /// <summary>Numbered from 1 without gaps in each class.</summary>
    public required long Sequence { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// <c>placed</c>, <c>replaced</c>, <c>traded</c>, <c>cancelled</c>, <c>expired</c> or <c>refused</c>.
    /// </summary>
    public required string Kind { get; init; }

    /// <summary><c>ask</c> or <c>bid</c>; of a trade, the side of the order that came second.</summary>
    public required string Side { get; init; }

    /// <summary>atto-AIT for the class's pricing quantity.</summary>
    public required UInt256 Price { get; init; }

    /// <summary>Slots.</summary>
    public required long Quantity { get; init; }

    /// <summary>Slots that then rest at the price, on the side of the order that rested.</summary>
    public required long AtPrice { get; init; }
}
