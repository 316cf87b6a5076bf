using Aitbc.Primitives;

namespace Aitbc.Ledger.Trie;

/// <summary>Reads the RLP of a stored node by its store key; null if there is none.</summary>
public delegate byte[]? TrieNodeReader(ReadOnlySpan<byte> key);

/// <summary>
/// The hexary Merkle Patricia trie (Yellow Paper, appendix D), incremental: it reads the nodes on the paths that change
/// and hashes only those, once, in <see cref="Commit"/>.
/// </summary>
/// <param name="reader">The stored nodes.</param>
/// <param name="prefix">Where this tree is stored, of <see cref="TrieKey"/>.</param>
public sealed class MerkleTrie(TrieNodeReader reader, byte[] prefix)
{
    /// <summary>Root of a trie without keys: Keccak-256 of the RLP of the empty string.</summary>
    public static readonly Hash256 EmptyRoot =
        Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    private readonly Dictionary<string, byte[]> readPaths = new(StringComparer.Ordinal);
    private readonly HashSet<string> kept = new(StringComparer.Ordinal);
    private TrieNode? root = new UnreadNode();

    /// <summary>A trie that is stored nowhere, for roots of lists.</summary>
    public static MerkleTrie InMemory() => new(_ => null, []);

    /// <summary>Sets a key; null or no bytes removes it.</summary>
    public void Set(ReadOnlySpan<byte> key, byte[]? value)
    {
        var nibbles = TrieNodeCodec.Nibbles(key);
        if (root is UnreadNode)
            root = ReadStored([]);
        root = value is null or { Length: 0 } ? Remove(root, nibbles, 0) : Insert(root, nibbles, 0, value);
    }

    /// <summary>Hashes what changed and lists the nodes to write (null = to remove).</summary>
    /// <returns>The root.</returns>
    public Hash256 Commit(ICollection<NodeChange> writes)
    {
        ArgumentNullException.ThrowIfNull(writes);
        if (root is UnreadNode)
            root = ReadStored([]);
        var written = new HashSet<string>(StringComparer.Ordinal);
        var hash = EmptyRoot;
        if (root is not null)
        {
            var path = new List<byte>(64);
            var encoded = Finish(root, path, written, writes);
            hash = Keccak256.Hash(encoded);
            // The root is stored even when it is short: nobody else holds it.
            if (encoded.Length < Hash256.Length)
                Write([], encoded, written, writes);
        }

        foreach (var (gone, before) in readPaths.Where(p => !written.Contains(p.Key) && !kept.Contains(p.Key)))
            writes.Add(new(StoreKey(Convert.FromHexString(gone)), before, null));
        return hash;
    }

    private byte[] Finish(
        TrieNode node, List<byte> path, HashSet<string> written, ICollection<NodeChange> writes)
    {
        if (node is ExtensionNode extension)
        {
            path.AddRange(extension.Path);
            FinishChild(extension.Child, path, written, writes);
            path.RemoveRange(path.Count - extension.Path.Length, extension.Path.Length);
        }
        else if (node is BranchNode branch)
        {
            for (byte i = 0; i < 16; i++)
            {
                if (branch.Children[i] is not { } child)
                    continue;
                path.Add(i);
                FinishChild(child, path, written, writes);
                path.RemoveAt(path.Count - 1);
            }
        }

        var encoded = node switch
        {
            LeafNode leaf => TrieNodeCodec.EncodeLeaf(leaf),
            ExtensionNode ext => TrieNodeCodec.EncodeExtension(ext, ext.Child.Reference!),
            BranchNode b => TrieNodeCodec.EncodeBranch(b),
            _ => throw new InvalidOperationException("An unread node has a reference already."),
        };
        if (node.Reference is null && encoded.Length >= Hash256.Length)
            Write(path, encoded, written, writes);
        else if (node.Reference is not null)
            kept.Add(Convert.ToHexString(path.ToArray()));
        node.Reference = TrieNodeCodec.ReferenceTo(encoded);
        return encoded;
    }

    private void FinishChild(
        TrieNode child, List<byte> path, HashSet<string> written, ICollection<NodeChange> writes)
    {
        if (child.Reference is null)
            Finish(child, path, written, writes);
        else
            Keep(child, path);
    }

    // A clean subtree stays as it is stored, with whatever of it was read.
    private void Keep(TrieNode node, List<byte> path)
    {
        if (node.Reference is { } reference && TrieNodeCodec.IsHash(reference))
            kept.Add(Convert.ToHexString(path.ToArray()));
        switch (node)
        {
            case ExtensionNode extension:
                path.AddRange(extension.Path);
                Keep(extension.Child, path);
                path.RemoveRange(path.Count - extension.Path.Length, extension.Path.Length);
                break;
            case BranchNode branch:
                for (byte i = 0; i < 16; i++)
                {
                    if (branch.Children[i] is not { } child)
                        continue;
                    path.Add(i);
                    Keep(child, path);
                    path.RemoveAt(path.Count - 1);
                }

                break;
        }
    }

    private void Write(
        List<byte> path, byte[] encoded, HashSet<string> written, ICollection<NodeChange> writes)
    {
        var bytes = path.ToArray();
        var name = Convert.ToHexString(bytes);
        written.Add(name);
        writes.Add(new(StoreKey(bytes), readPaths.GetValueOrDefault(name), encoded));
    }

    private byte[] StoreKey(ReadOnlySpan<byte> path)
    {
        var key = new byte[TrieKey.Length(prefix, path.Length)];
        TrieKey.Write(prefix, path, key);
        return key;
    }

    private TrieNode? ReadStored(ReadOnlySpan<byte> path)
    {
        var encoded = reader(StoreKey(path));
        if (encoded is null)
            return null;
        readPaths.Add(Convert.ToHexString(path), encoded);
        var node = TrieNodeCodec.Decode(encoded);
        node.Reference = TrieNodeCodec.ReferenceTo(encoded);
        return node;
    }

    private TrieNode Resolve(TrieNode node, ReadOnlySpan<byte> path)
    {
        if (node is not UnreadNode)
            return node;
        return ReadStored(path)
            ?? throw new InvalidOperationException($"The trie node at path {Convert.ToHexString(path)} is missing.");
    }

    private TrieNode Insert(TrieNode? node, byte[] key, int depth, byte[] value)
    {
        if (node is null)
            return new LeafNode(key[depth..], value);
        node = Resolve(node, key.AsSpan(0, depth));
        switch (node)
        {
            case LeafNode leaf:
                var same = Common(leaf.Path, key.AsSpan(depth));
                if (same == leaf.Path.Length && same == key.Length - depth)
                    return new LeafNode(leaf.Path, value);
                var split = new BranchNode();
                Place(split, leaf.Path, same, leaf.Value);
                Place(split, key[depth..], same, value);
                return Under(leaf.Path[..same], split);
            case ExtensionNode extension:
                return InsertBelow(extension, key, depth, value);
            default:
                var branch = (BranchNode)node;
                branch.Reference = null;
                if (depth == key.Length)
                    branch.Value = value;
                else
                    branch.Children[key[depth]] = Insert(branch.Children[key[depth]], key, depth + 1, value);
                return branch;
        }
    }

    private TrieNode InsertBelow(ExtensionNode extension, byte[] key, int depth, byte[] value)
    {
        var same = Common(extension.Path, key.AsSpan(depth));
        if (same == extension.Path.Length)
        {
            extension.Reference = null;
            extension.Child = Insert(extension.Child, key, depth + same, value);
            return extension;
        }

        var split = new BranchNode();
        var rest = extension.Path[(same + 1)..];
        split.Children[extension.Path[same]] =
            rest.Length == 0 ? extension.Child : new ExtensionNode(rest, extension.Child);
        Place(split, key[depth..], same, value);
        return Under(extension.Path[..same], split);
    }

    private TrieNode? Remove(TrieNode? node, byte[] key, int depth)
    {
        if (node is null)
            return null;
        node = Resolve(node, key.AsSpan(0, depth));
        switch (node)
        {
            case LeafNode leaf:
                return leaf.Path.AsSpan().SequenceEqual(key.AsSpan(depth)) ? null : leaf;
            case ExtensionNode extension:
                var same = Common(extension.Path, key.AsSpan(depth));
                if (same < extension.Path.Length)
                    return extension;
                var child = Remove(extension.Child, key, depth + same);
                return child is not null && ReferenceEquals(child, extension.Child) && child.Reference is not null
                    ? extension
                    : child is null ? null : Under(extension.Path, child);
            default:
                return RemoveBelow((BranchNode)node, key, depth);
        }
    }

    private TrieNode? RemoveBelow(BranchNode branch, byte[] key, int depth)
    {
        if (depth == key.Length)
        {
            if (branch.Value is null)
                return branch;
            branch.Value = null;
        }
        else
        {
            var before = branch.Children[key[depth]];
            var after = Remove(before, key, depth + 1);
            branch.Children[key[depth]] = after;
            // Nothing was there to remove: what was only read keeps its reference.
            if (after?.Reference is not null || (before is null && after is null))
                return branch;
        }

        branch.Reference = null;
        return Collapse(branch, key.AsSpan(0, depth));
    }

    private TrieNode? Collapse(BranchNode branch, ReadOnlySpan<byte> path)
    {
        var count = branch.Children.Count(c => c is not null);
        if (count + (branch.Value is null ? 0 : 1) > 1)
            return branch;
        if (count == 0)
            return branch.Value is null ? null : new LeafNode([], branch.Value);
        var only = (byte)Array.FindIndex(branch.Children, c => c is not null);
        var child = Resolve(branch.Children[only]!, [.. path, only]);
        return Under([only], child);
    }

    // A path above a node: leaves and extensions take it in, a branch gets an extension.
    private static TrieNode Under(byte[] path, TrieNode node) => node switch
    {
        _ when path.Length == 0 => node,
        LeafNode leaf => new LeafNode([.. path, .. leaf.Path], leaf.Value),
        ExtensionNode extension => new ExtensionNode([.. path, .. extension.Path], extension.Child),
        _ => new ExtensionNode(path, node),
    };

    private static void Place(BranchNode branch, byte[] path, int at, byte[] value)
    {
        if (at == path.Length)
            branch.Value = value;
        else
            branch.Children[path[at]] = new LeafNode(path[(at + 1)..], value);
    }

    private static int Common(byte[] left, ReadOnlySpan<byte> right) => left.AsSpan().CommonPrefixLength(right);
}
