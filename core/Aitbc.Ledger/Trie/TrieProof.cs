using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Trie;

/// <summary>
/// Merkle proofs as EIP-1186 has them: the RLP of the nodes from the root down to the key, or to where it is seen that
/// there is no such key. A node shorter than 32 bytes lies inside its parent and is not listed, except for the root.
/// </summary>
public static class TrieProof
{
    /// <summary>The proof of a key out of stored nodes; empty for an empty tree.</summary>
    /// <param name="reader">The stored nodes.</param>
    /// <param name="prefix">The tree, of <see cref="TrieKey"/>.</param>
    /// <param name="key">The key, at most 32 bytes.</param>
    /// <exception cref="InvalidDataException">A node that another refers to is missing.</exception>
    public static IReadOnlyList<byte[]> Of(TrieNodeReader reader, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var nodes = new List<byte[]>();
        var path = TrieNodeCodec.Nibbles(key);
        Span<byte> storeKey = stackalloc byte[TrieKey.Length(prefix, path.Length)];
        var step = new Step(default, 0, IsStored: true);
        while (step.IsStored)
        {
            var length = TrieKey.Write(prefix, path.AsSpan(0, step.Depth), storeKey);
            if (reader(storeKey[..length]) is not { } node)
            {
                return nodes.Count == 0
                    ? nodes
                    : throw new InvalidDataException(
                        $"The trie node {Convert.ToHexStringLower(storeKey[..length])} is missing.");
            }

            nodes.Add(node);
            step = Down(node, path, step.Depth, out _);
        }

        return nodes;
    }

    /// <summary>Checks a proof.</summary>
    /// <param name="root">Root of the tree.</param>
    /// <param name="key">The key.</param>
    /// <param name="nodes">The proof, of anybody.</param>
    /// <param name="value">What the tree holds under the key; null if the proof shows that there is nothing.</param>
    /// <returns>False if the nodes do not prove anything about the key, or there are more than needed.</returns>
    public static bool TryVerify(
        Hash256 root, ReadOnlySpan<byte> key, IReadOnlyList<byte[]> nodes, out byte[]? value)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        value = null;
        if (nodes.Count == 0)
            return root == MerkleTrie.EmptyRoot;
        var path = TrieNodeCodec.Nibbles(key);
        var step = new Step(root, 0, IsStored: true);
        try
        {
            foreach (var node in nodes)
            {
                if (!step.IsStored || Keccak256.Hash(node) != step.Hash)
                    return false;
                step = Down(node, path, step.Depth, out value);
            }
        }
        catch (RlpException)
        {
            return false;
        }

        return !step.IsStored;
    }

    // Follows the key through one stored node and those inside it.
    private static Step Down(ReadOnlySpan<byte> node, ReadOnlySpan<byte> path, int depth, out byte[]? value)
    {
        value = null;
        while (true)
        {
            var item = Next(node, path, ref depth, out value);
            if (item.IsEmpty)
                return default;
            if (item.Length == 1 + Hash256.Length && item[0] == 0x80 + Hash256.Length)
                return new Step(Hash256.FromBytes(item[1..]), depth, IsStored: true);
            node = item;
        }
    }

    // The reference that the key goes on to; empty if it ends here, with or without a value.
    private static ReadOnlySpan<byte> Next(
        ReadOnlySpan<byte> node, ReadOnlySpan<byte> path, scoped ref int depth, out byte[]? value)
    {
        value = null;
        var outer = new RlpReader(node);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        if (IsBranch(fields))
        {
            for (var skip = depth == path.Length ? 16 : path[depth]; skip > 0; skip--)
                fields.ReadItem();
            if (depth == path.Length)
            {
                value = NullIfEmpty(fields.ReadBytes());
                return default;
            }

            depth++;
            var child = fields.ReadItem();
            return child is [0x80] ? default : child;
        }

        var packed = fields.ReadBytes();
        if (packed.IsEmpty)
            throw new RlpException(RlpError.WrongKind);
        var own = TrieNodeCodec.Unpack(packed, out var isLeaf);
        if (!path[depth..].StartsWith(own) || (isLeaf && path.Length - depth != own.Length))
            return default;
        depth += own.Length;
        if (!isLeaf)
            return fields.ReadItem();
        value = NullIfEmpty(fields.ReadBytes());
        return default;
    }

    private static bool IsBranch(RlpReader fields)
    {
        fields.ReadItem();
        fields.ReadItem();
        return !fields.IsEnd;
    }

    private static byte[]? NullIfEmpty(ReadOnlySpan<byte> bytes) => bytes.IsEmpty ? null : bytes.ToArray();

    private readonly record struct Step(Hash256 Hash, int Depth, bool IsStored);
}
