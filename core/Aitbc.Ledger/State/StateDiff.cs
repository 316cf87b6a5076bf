using Aitbc.Ledger.Trie;
using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>Everything one block changes in the store, with what was there before.</summary>
public sealed class StateDiff
{
    /// <summary>Root of the state tree after the block.</summary>
    public required Hash256 StateRoot { get; init; }

    /// <summary>Accounts that changed, in the order of their keys.</summary>
    public required IReadOnlyList<AccountChange> Accounts { get; init; }

    /// <summary>Slots that changed, in the order of their keys.</summary>
    public required IReadOnlyList<SlotChange> Slots { get; init; }

    /// <summary>Stored trie nodes that changed.</summary>
    public required IReadOnlyList<NodeChange> TrieNodes { get; init; }
}

/// <summary>One account before and after a block.</summary>
/// <param name="Address">The account.</param>
/// <param name="Key">Keccak-256 of the address: its key in the tree.</param>
/// <param name="Before">Null if the tree had none.</param>
/// <param name="After">Null if it is removed.</param>
public readonly record struct AccountChange(
    Address Address, Hash256 Key, AccountState? Before, AccountState? After);

/// <summary>One slot before and after a block.</summary>
/// <param name="Slot">Contract and slot.</param>
/// <param name="Owner">Keccak-256 of the contract's address.</param>
/// <param name="Key">Keccak-256 of the slot: its key in the storage tree.</param>
/// <param name="Before">Zero if it was not there.</param>
/// <param name="After">Zero if it is removed.</param>
public readonly record struct SlotChange(
    StorageKey Slot, Hash256 Owner, Hash256 Key, UInt256 Before, UInt256 After);
