using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>
/// Merkle proofs of one entry of a list that a block commits to (its transactions, its receipts): the RLP of the nodes
/// from the root down, as in <see cref="TrieProof"/>. The key is the RLP of the index.
/// </summary>
public static class ListProof
{
    /// <summary>The proof of an entry. Costs as much as the root: the whole list is hashed.</summary>
    /// <param name="items">The whole list, in its order.</param>
    /// <param name="index">Which entry, 0 to count - 1.</param>
    public static IReadOnlyList<byte[]> Of(IEnumerable<ReadOnlyMemory<byte>> items, int index)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var trie = new MerkleTrie(_ => null, []);
        var next = 0UL;
        foreach (var item in items)
            trie.Set(Key(next++), item);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)index, next);
        var changes = new List<NodeChange>();
        trie.Commit(changes);
        var nodes = changes.ToDictionary(c => Convert.ToHexString(c.Key), c => c.After);
        return TrieProof.Of(key => nodes.GetValueOrDefault(Convert.ToHexString(key)), [], Key((ulong)index));
    }

    /// <summary>Checks a proof.</summary>
    /// <param name="root">Root of the list, from the header.</param>
    /// <param name="index">Which entry.</param>
    /// <param name="nodes">The proof, of anybody.</param>
    /// <param name="item">The entry; null if the proof shows that the list is shorter.</param>
    /// <returns>False if the nodes prove nothing.</returns>
    public static bool TryVerify(Hash256 root, ulong index, IReadOnlyList<byte[]> nodes, out byte[]? item) =>
        TrieProof.TryVerify(root, Key(index), nodes, out item);

    private static byte[] Key(ulong index)
    {
        var writer = new RlpWriter(16);
        writer.Write(index);
        return writer.ToArray();
    }
}
