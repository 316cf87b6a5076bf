using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book.Engine;

internal enum BookFactKind
{
    Placed = 1,

    /// <summary>Less of it rests, at its place.</summary>
    Replaced = 2,
    Traded = 3,
    Cancelled = 4,
    Expired = 5,
    Refused = 6,
}

/// <summary>Why an input changed nothing, or the rest of an order was given up.</summary>
internal enum BookReason
{
    None = 0,
    UnknownOrder = 1,
    KnownOrder = 2,
    BadQuantity = 3,
    AlreadyExpired = 4,

    /// <summary>It met an order of its own owner: nobody makes a price with himself.</summary>
    SelfTrade = 5,
    BadSide = 6,

    /// <summary>It goes on with another price or more, at the end of the queue.</summary>
    Replaced = 7,
}

/// <summary>One thing that became of an input. Facts are numbered without gaps, in each book from 1.</summary>
internal sealed record BookFact
{
    // With the hash before it, 129 bytes: one block of Keccak.
    private const int Bytes = 1 + 8 + 32 + 32 + 16 + 8;

    public required long Sequence { get; init; }

    public required long AtMs { get; init; }

    public required BookFactKind Kind { get; init; }

    public BookReason Reason { get; init; }

    /// <summary>Side of <see cref="Order"/>; of a trade, the side of the order that came second.</summary>
    public BookSide Side { get; init; }

    /// <summary>The order; of a trade, the ask.</summary>
    public Hash256 Order { get; init; }

    /// <summary>Of a trade, the bid.</summary>
    public Hash256 Bid { get; init; }

    public UInt128 Price { get; init; }

    /// <summary>What was traded; otherwise what rests, or what was given up.</summary>
    public long Quantity { get; init; }

    /// <summary>What then rests at the price on the side of the resting order.</summary>
    public long AtPrice { get; init; }

    /// <summary>Carries the hash of a book on over this fact. Its number is its place in the chain.</summary>
    public Hash256 Extend(Hash256 hash)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length + Bytes];
        hash.CopyTo(bytes);
        var rest = bytes[Hash256.Length..];
        rest[0] = (byte)(((int)Kind << 5) | ((int)Reason << 2) | (int)Side);
        BinaryPrimitives.WriteInt64BigEndian(rest[1..], AtMs);
        Order.CopyTo(rest[9..41]);
        Bid.CopyTo(rest[41..73]);
        BinaryPrimitives.WriteUInt128BigEndian(rest[73..], Price);
        BinaryPrimitives.WriteInt64BigEndian(rest[89..], Quantity);
        return Keccak256.Hash(bytes);
    }
}
