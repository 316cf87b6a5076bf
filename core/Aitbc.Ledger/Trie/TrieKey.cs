using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>
/// Where a trie node is stored: 0x00 and the path for the account tree, 0x01, the contract and the path for a storage
/// tree; one byte a nibble. A node keyed by its path is overwritten by its successor, so that no garbage remains.
/// </summary>
public static class TrieKey
{
    /// <summary>Prefix of the account tree.</summary>
    public static byte[] Accounts => [0];

    /// <summary>Prefix of the storage tree of a contract.</summary>
    public static byte[] Storage(Address contract) => [1, .. contract.ToArray()];
}
