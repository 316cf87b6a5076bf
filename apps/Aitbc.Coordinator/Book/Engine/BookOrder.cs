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

    /// <summary>What is left of it.</summary>
    public required long Quantity { get; set; }

    /// <summary>True once it no longer rests.</summary>
    public bool Left { get; set; }
}
