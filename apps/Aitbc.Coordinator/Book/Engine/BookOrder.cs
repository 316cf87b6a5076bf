using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book.Engine;

/// <summary>An order at rest. Its place in the queue never changes: a new place is a new object.</summary>
internal sealed class BookOrder
{
    public required Hash256 Id { get; init; }

    public required BookSide Side { get; init; }

    public required Address Owner { get; init; }

    public required UInt128 Price { get; init; }

    public required int Score { get; init; }

    /// <summary>Order of arrival.</summary>
    public required long Arrival { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>What is left of it; the only thing that changes.</summary>
    public required long Quantity { get; set; }
}

/// <summary>Price, then score, then time: who trades first stands first.</summary>
internal sealed class QueueOrder(BookSide side) : IComparer<BookOrder>
{
    public int Compare(BookOrder? x, BookOrder? y)
    {
        var byPrice = side == BookSide.Ask ? x!.Price.CompareTo(y!.Price) : y!.Price.CompareTo(x!.Price);
        if (byPrice != 0)
            return byPrice;
        var byScore = y.Score.CompareTo(x.Score);
        return byScore != 0 ? byScore : x.Arrival.CompareTo(y.Arrival);
    }
}

/// <summary>Who expires first stands first.</summary>
internal sealed class ExpiryOrder : IComparer<BookOrder>
{
    public int Compare(BookOrder? x, BookOrder? y)
    {
        var byTime = x!.ExpiresAtMs.CompareTo(y!.ExpiresAtMs);
        return byTime != 0 ? byTime : x.Arrival.CompareTo(y.Arrival);
    }
}
