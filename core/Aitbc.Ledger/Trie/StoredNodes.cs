using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>
/// The stored nodes that one trie has read, by their keys: what they were, and whether something is still stored there.
/// </summary>
internal sealed class StoredNodes(TrieNodeReader? reader, byte[] prefix)
{
    private readonly Dictionary<byte[], Entry> read = new(KeyComparer.Instance);

    /// <summary>The RLP of the node at a path, or null.</summary>
    /// <param name="path">One nibble a byte.</param>
    /// <param name="expected">What its parent says its hash is; zero if nobody says.</param>
    public byte[]? Read(ReadOnlySpan<byte> path, Hash256 expected)
    {
        if (reader is null)
            return null;
        Span<byte> key = stackalloc byte[TrieKey.Length(prefix, path.Length)];
        TrieKey.Write(prefix, path, key);
        if (reader(key) is not { } encoded)
            return null;
        read.Add(key.ToArray(), new Entry(encoded, expected));
        return encoded;
    }

    /// <summary>Makes sure that all nodes that were read are those that their parents mean, many at a time.</summary>
    /// <exception cref="InvalidDataException">One is not: the stored trie is damaged.</exception>
    public void Verify()
    {
        var messages = new ReadOnlyMemory<byte>[read.Count];
        var count = 0;
        foreach (var entry in read.Values)
            messages[count++] = entry.Encoded;
        var hashes = new Hash256[count];
        Keccak256.HashMany(messages, hashes);
        count = 0;
        foreach (var (key, entry) in read)
        {
            if (hashes[count++] != entry.Expected && !entry.Expected.IsZero)
                throw new InvalidDataException($"The trie node {Convert.ToHexStringLower(key)} is not what it was.");
        }
    }

    /// <summary>Says that what was read there stays as it is.</summary>
    public void Keep(ReadOnlySpan<byte> path)
    {
        if (reader is null)
            return;
        Span<byte> key = stackalloc byte[TrieKey.Length(prefix, path.Length)];
        TrieKey.Write(prefix, path, key);
        if (read.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var entry))
            entry.StaysStored = true;
    }

    /// <summary>Says that another node is stored there.</summary>
    public void Write(ReadOnlySpan<byte> path, byte[] encoded, ICollection<NodeChange> changes)
    {
        if (reader is null)
            return;
        Span<byte> key = stackalloc byte[TrieKey.Length(prefix, path.Length)];
        TrieKey.Write(prefix, path, key);
        if (!read.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out var known, out var entry))
        {
            changes.Add(new NodeChange(key.ToArray(), null, encoded));
            return;
        }

        entry.StaysStored = true;
        if (!entry.Encoded.AsSpan().SequenceEqual(encoded))
            changes.Add(new NodeChange(known, entry.Encoded, encoded));
    }

    /// <summary>Removes what was read and is stored no longer.</summary>
    public void RemoveTheRest(ICollection<NodeChange> changes)
    {
        foreach (var (key, entry) in read)
        {
            if (!entry.StaysStored)
                changes.Add(new NodeChange(key, entry.Encoded, null));
        }
    }

    private sealed class Entry(byte[] encoded, Hash256 expected)
    {
        public Hash256 Expected { get; } = expected;

        public byte[] Encoded { get; } = encoded;

        public bool StaysStored { get; set; }
    }

    private sealed class KeyComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // Whoever chooses paths must not choose where they collide: the runtime seeds this hash anew in each process.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
