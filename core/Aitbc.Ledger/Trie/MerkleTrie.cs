using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

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
    private readonly Hash256 expected;
    private TrieUpdate[] updates = [];
    private int count;
    private bool isCommitted;

    /// <summary>A trie over stored nodes.</summary>
    /// <param name="reader">The stored nodes.</param>
    /// <param name="prefix">Where this tree is stored, of <see cref="TrieKey"/>.</param>
    /// <param name="root">What the root of the stored trie must be; zero if the caller does not know.</param>
    public MerkleTrie(TrieNodeReader reader, byte[] prefix, Hash256 root = default)
    {
        stored = new StoredNodes(reader, prefix);
        expected = root;
    }

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
    /// <exception cref="InvalidDataException">A stored node is missing, or not what its parent means.</exception>
    /// <exception cref="InvalidOperationException">It was called before.</exception>
    public Hash256 Commit(ICollection<NodeChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (isCommitted)
            throw new InvalidOperationException("The trie is committed already.");
        isCommitted = true;
        var before = stored.Read([], expected);
        if (before is null && !expected.IsZero && expected != EmptyRoot)
            throw new InvalidDataException($"The root of the trie {expected} is missing.");
        if (count == 0)
            return before is null ? EmptyRoot : Keccak256.Hash(before);
        var sorted = updates.AsSpan(0, count);
        sorted.Sort(TrieUpdate.Compare);
        return Apply(before, sorted[..TrieUpdate.KeepLast(sorted)], changes);
    }

    private Hash256 Apply(byte[]? before, Span<TrieUpdate> sorted, ICollection<NodeChange> changes)
    {
        var root = default(ChildReference);
        var changed = TryChange(ref root, before, sorted);
        stored.Verify();
        if (!changed)
            return before is null ? EmptyRoot : Keccak256.Hash(before);
        return TrieHasher.Finish(root.Node, stored, changes);
    }

    // A damaged node may lead anywhere: then what is told is the damage, not what came of it.
    private bool TryChange(ref ChildReference root, byte[]? before, Span<TrieUpdate> sorted)
    {
        try
        {
            if (before is not null)
                root.Node = TrieNodeCodec.Decode(before, []);
            return new TrieChanges(stored).Apply(ref root, 0, sorted);
        }
        catch (Exception e) when (
            e is RlpException or InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            stored.Verify();
            throw new InvalidDataException($"The stored trie cannot be read: {e.Message}", e);
        }
    }
}
