using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>One event of one transaction.</summary>
public sealed record LogEntry
{
    /// <summary>The contract that emitted it.</summary>
    public required Address Address { get; init; }

    /// <summary>Topic 0 is the hash of the event's signature; the others are the indexed arguments.</summary>
    public required IReadOnlyList<Hash256> Topics { get; init; }

    /// <summary>ABI encoding of the arguments that are not indexed.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Height of its block.</summary>
    public required ulong BlockNumber { get; init; }

    /// <summary>Hash of its block.</summary>
    public required Hash256 BlockHash { get; init; }

    /// <summary>Hash of its transaction.</summary>
    public required Hash256 TransactionHash { get; init; }

    /// <summary>Place among all events of the block, from 0.</summary>
    public required ulong LogIndex { get; init; }
}
