using Aitbc.Coordinator.Book.Engine;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Storage;

/// <summary>An offer and what is searched by.</summary>
internal sealed class OfferRow
{
    public required Hash256 Id { get; init; }

    public required Address Provider { get; init; }

    public required string ResourceClass { get; init; }

    /// <summary>atto-AIT for the class's pricing quantity.</summary>
    public required UInt128 Price { get; init; }

    /// <summary>1000 - score: the better goes first in an ascending index.</summary>
    public required int Rank { get; init; }

    public required long IssuedAt { get; init; }

    public required long ExpiresAtMs { get; init; }

    public required long MaxUnits { get; init; }

    /// <summary>As it was signed.</summary>
    public required int Capacity { get; init; }

    /// <summary>The capacity times the serve rate, at least 1.</summary>
    public required int Slots { get; init; }

    public required string Region { get; init; }

    public required int PrivacyRank { get; init; }

    public required bool Warm { get; init; }

    /// <summary>Seconds within which it promises results; 0 = no promise.</summary>
    public int LevelSeconds { get; init; }

    /// <summary>Of what is said of its graphics processor; see <see cref="Sdk.Gpu.GpuState.Rank"/>.</summary>
    public required int GpuRank { get; init; }

    /// <summary>The signed offer.</summary>
    public required string OfferJson { get; init; }
}

/// <summary>A quote. While <see cref="HoldUntilMs"/> is ahead, it holds a slot of its offer.</summary>
internal sealed class QuoteRow
{
    public required Hash256 Id { get; init; }

    public required Hash256 JobId { get; init; }

    public required Address Client { get; init; }

    public required Hash256 OfferId { get; init; }

    /// <summary>The quote without its signature.</summary>
    public required string QuoteJson { get; init; }

    public required long ExpiresAtMs { get; init; }

    public required long HoldUntilMs { get; init; }

    /// <summary>True once an order took it.</summary>
    public bool Accepted { get; init; }

    public string? Signature { get; init; }
}

/// <summary>A bid; its order in the book has the job's id.</summary>
internal sealed class BidRow
{
    public required Hash256 JobId { get; init; }

    public required Address Client { get; init; }

    public required string ResourceClass { get; init; }

    public required string SpecJson { get; init; }

    public required UInt128 Price { get; init; }

    public required long UntilMs { get; init; }

    public bool Cancelled { get; init; }

    public Hash256? QuoteId { get; init; }
}

/// <summary>One input of a book; replayed at start.</summary>
internal sealed class BookInputRow
{
    public long Sequence { get; init; }

    public required string ResourceClass { get; init; }

    public required BookInputKind Kind { get; init; }

    public required long AtMs { get; init; }

    public required Hash256 OrderId { get; init; }

    public required BookSide Side { get; init; }

    public required Address Owner { get; init; }

    public required UInt128 Price { get; init; }

    public required long Quantity { get; init; }

    public required int Score { get; init; }

    public required long ExpiresAtMs { get; init; }

    public static BookInputRow Of(string resourceClass, BookInput input) => new()
    {
        ResourceClass = resourceClass,
        Kind = input.Kind,
        AtMs = input.AtMs,
        OrderId = input.Order,
        Side = input.Side,
        Owner = input.Owner,
        Price = input.Price,
        Quantity = input.Quantity,
        Score = input.Score,
        ExpiresAtMs = input.ExpiresAtMs,
    };

    public BookInput Input() => new()
    {
        Kind = Kind,
        AtMs = AtMs,
        Order = OrderId,
        Side = Side,
        Owner = Owner,
        Price = Price,
        Quantity = Quantity,
        Score = Score,
        ExpiresAtMs = ExpiresAtMs,
    };
}
