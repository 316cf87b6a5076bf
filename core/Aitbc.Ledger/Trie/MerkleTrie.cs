using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>Reads the RLP of a stored node by its store key; null if there is none.</summary>
public delegate byte[]? TrieNodeReader(ReadOnlySpan<byte> key);

/// <summary>
/// The hexary Merkle Patricia trie (Yellow Paper, appendix D), incremental: the keys set are applied together in
/// <see cref="Commit"/>, which reads each node on their paths once, and hashes what changed level by level, many nodes
/// at a time.
/// </summary>
public sealed class MerkleTrie
{
    /// <summary>Root of a trie without keys: Keccak-256 of the RLP of the empty string.</summary>
    public static readonly Hash256 EmptyRoot =
        Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    private readonly StoredNodes stored;
    private TrieUpdate[] updates = [];
    private int count;
    private bool isCommitted;

    /// <summary>A trie over stored nodes.</summary>
    /// <param name="reader">The stored nodes.</param>
    /// <param name="prefix">Where this tree is stored, of <see cref="TrieKey"/>.</param>
    public MerkleTrie(TrieNodeReader reader, byte[] prefix) => stored = new StoredNodes(reader, prefix);

    private MerkleTrie() => stored = new StoredNodes(null, []);

    /// <summary>A trie that is stored nowhere, for roots of lists.</summary>
    public static MerkleTrie InMemory() => new();

    /// <summary>Sets a key; no bytes remove it. Of several values of a key the last one counts.</summary>
    /// <param name="key">At most 127 bytes if the trie is stored.</param>
    /// <param name="value">Not copied: it must stay as it is until <see cref="Commit"/>.</param>
    public void Set(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        if (count == updates.Length)
            Array.Resize(ref updates, Math.Max(4, count * 2));
        updates[count] = new TrieUpdate(TrieNodeCodec.Nibbles(key), value, count);
        count++;
    }

    /// <summary>Applies what was set, hashes what changed and lists the stored nodes that change. Once only.</summary>
    /// <returns>The root.</returns>
    /// <exception cref="InvalidDataException">A stored node is missing.</exception>
    /// <exception cref="Primitives.Encoding.RlpException">A stored node is not one.</exception>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public Hash256 Commit(ICollection<NodeChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (isCommitted)
            throw new InvalidOperationException("The trie is committed already.");
        isCommitted = true;
        var before = stored.Read([]);
        if (count == 0)
            return before is null ? EmptyRoot : Keccak256.Hash(before);
        var sorted = updates.AsSpan(0, count);
        sorted.Sort(TrieUpdate.Compare);
        var root = default(ChildReference);
        if (before is not null)
            root.Node = TrieNodeCodec.Decode(before, []);
        if (!new TrieChanges(stored).Apply(ref root, 0, sorted[..TrieUpdate.KeepLast(sorted)]))
            return before is null ? EmptyRoot : Keccak256.Hash(before);
        return TrieHasher.Finish(root.Node, stored, changes);
    }
}
