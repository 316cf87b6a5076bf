namespace Aitbc.Ledger.Trie;

/// <summary>One stored trie node before and after a block.</summary>
/// <param name="Key">Its store key, of <see cref="TrieKey"/>.</param>
/// <param name="Before">RLP of the node; null if there was none.</param>
/// <param name="After">RLP of the node; null if it is removed.</param>
public readonly record struct NodeChange(byte[] Key, byte[]? Before, byte[]? After);
