using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book.Engine;

/// <summary>Who asks and who bids.</summary>
internal enum BookSide
{
    Ask = 1,
    Bid = 2,
}

internal enum BookInputKind
{
    /// <summary>A new order; what does not trade at once rests.</summary>
    Place = 1,

    /// <summary>New price, quantity, score and expiry of a resting order.</summary>
    Replace = 2,

    Cancel = 3,

    /// <summary>Time passes; orders expire.</summary>
    Tick = 4,
}

/// <summary>
/// One thing that happens to a book from outside. A book is a function of the sequence of its inputs: time is one of
/// their values.
/// </summary>
internal readonly record struct BookInput
{
    public required BookInputKind Kind { get; init; }

    /// <summary>Unix time in milliseconds; an earlier one than the book has seen counts as that.</summary>
    public required long AtMs { get; init; }

    public Hash256 Order { get; init; }

    public BookSide Side { get; init; }

    public Address Owner { get; init; }

    /// <summary>atto-AIT for the class's pricing quantity.</summary>
    public UInt128 Price { get; init; }

    /// <summary>Slots, from 1.</summary>
    public long Quantity { get; init; }

    /// <summary>Higher goes first at one price.</summary>
    public int Score { get; init; }

    public long ExpiresAtMs { get; init; }

    public static BookInput Tick(long atMs) => new() { Kind = BookInputKind.Tick, AtMs = atMs };

    public static BookInput Cancel(long atMs, Hash256 order) =>
        new() { Kind = BookInputKind.Cancel, AtMs = atMs, Order = order };
}
