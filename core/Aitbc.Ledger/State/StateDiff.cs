using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>Everything one block changes in the store.</summary>
public sealed class StateDiff
{
    /// <summary>Root of the state tree after the block.</summary>
    public required Hash256 StateRoot { get; init; }

    /// <summary>Accounts after the block; null = removed.</summary>
    public required IReadOnlyDictionary<Address, AccountState?> Accounts { get; init; }

    /// <summary>Slots after the block; zero = removed.</summary>
    public required IReadOnlyDictionary<StorageKey, UInt256> Storage { get; init; }

    /// <summary>Trie nodes after the block by their store key; null = removed.</summary>
    public required IReadOnlyList<KeyValuePair<byte[], byte[]?>> TrieNodes { get; init; }
}
