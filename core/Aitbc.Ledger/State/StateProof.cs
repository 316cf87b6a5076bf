using Aitbc.Ledger.Trie;
using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>Proof of one account and some of its slots against a state root (EIP-1186).</summary>
/// <param name="Address">The account.</param>
/// <param name="Account">What the tree holds; null = the proof shows that there is no such account.</param>
/// <param name="Nodes">RLP of the nodes from the state root down.</param>
/// <param name="Slots">One a slot asked for, in that order.</param>
public sealed record AccountProof(
    Address Address, AccountState? Account, IReadOnlyList<byte[]> Nodes, IReadOnlyList<SlotProof> Slots);

/// <summary>Proof of one slot against the account's storage root.</summary>
/// <param name="Slot">The slot, before hashing.</param>
/// <param name="Value">Zero = the proof shows that it was never set.</param>
/// <param name="Nodes">RLP of the nodes from the storage root down.</param>
public sealed record SlotProof(Hash256 Slot, UInt256 Value, IReadOnlyList<byte[]> Nodes);

/// <summary>Makes proofs out of a stored state, of the latest or of an earlier block alike.</summary>
public static class StateProof
{
    /// <summary>The proof of an account and of slots of it.</summary>
    /// <param name="store">The state; its trie nodes are read, one a level.</param>
    /// <param name="address">The account, there or not.</param>
    /// <param name="slots">As many as the caller allows.</param>
    /// <exception cref="InvalidDataException">The stored trie is damaged.</exception>
    public static AccountProof Of(IStateStore store, Address address, IReadOnlyList<Hash256> slots)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(slots);
        var owner = address.KeccakHash();
        var prefix = TrieKey.Storage(owner);
        Span<byte> key = stackalloc byte[Hash256.Length];
        owner.CopyTo(key);
        var nodes = TrieProof.Of(store.GetTrieNode, TrieKey.Accounts, key);
        var proofs = new SlotProof[slots.Count];
        for (var i = 0; i < proofs.Length; i++)
        {
            Keccak256.HashWord(slots[i]).CopyTo(key);
            proofs[i] = new SlotProof(
                slots[i],
                store.GetStorage(new StorageKey(address, slots[i])),
                TrieProof.Of(store.GetTrieNode, prefix, key));
        }

        return new AccountProof(address, store.GetAccount(address), nodes, proofs);
    }
}
