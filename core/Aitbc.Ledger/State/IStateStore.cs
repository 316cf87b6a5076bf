using Aitbc.Primitives;

namespace Aitbc.Ledger.State;

/// <summary>
/// The committed state of one block, as the node keeps it: flat accounts and slots for reading, trie nodes by their
/// path for the root. What <see cref="StateDiff"/> says is applied in one batch.
/// </summary>
public interface IStateStore
{
    /// <summary>An account, or null if the tree has none.</summary>
    AccountState? GetAccount(Address address);

    /// <summary>A slot; zero if it was never set.</summary>
    UInt256 GetStorage(StorageKey key);

    /// <summary>The RLP of the trie node stored under a key of <see cref="Trie.TrieKey"/>, or null.</summary>
    byte[]? GetTrieNode(ReadOnlySpan<byte> key);
}
