namespace Aitbc.Primitives.Merkle;

/// <summary>
/// The Merkle tree of a provider's receipts (specs/contracts/receipt-roots.md): the shape and proofs of RFC 9162,
/// section 2.1, with Keccak-256. Leaves and nodes are hashed under different first bytes: no node passes for a leaf.
/// </summary>
public static class ReceiptTree
{
    /// <summary>Most hashes of a proof: a tree has at most 2^32 leaves.</summary>
    public const int MaxProof = 32;

    /// <summary>keccak256(0x00 ‖ job id ‖ receipt digest).</summary>
    /// <param name="jobId">The receipt's job.</param>
    /// <param name="digest">The receipt's EIP-712 digest.</param>
    public static Hash256 Leaf(Hash256 jobId, Hash256 digest) => Hash(0, jobId, digest);

    /// <summary>keccak256(0x01 ‖ left ‖ right).</summary>
    public static Hash256 Node(Hash256 left, Hash256 right) => Hash(1, left, right);

    /// <summary>The root. A node without a neighbour rises a level as it is.</summary>
    /// <param name="leaves">1 to 2^32 leaves, in order.</param>
    /// <exception cref="ArgumentException">There is no leaf.</exception>
    public static Hash256 Root(IReadOnlyList<Hash256> leaves)
    {
        var level = Level(leaves);
        while (level.Count > 1)
            level = Above(level);
        return level[0];
    }

    /// <summary>The neighbours on the way from a leaf to the root, lowest first.</summary>
    /// <param name="leaves">All leaves, in order.</param>
    /// <param name="index">Which leaf, from 0.</param>
    /// <exception cref="ArgumentException">There is no leaf.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public static IReadOnlyList<Hash256> Prove(IReadOnlyList<Hash256> leaves, int index)
    {
        var level = Level(leaves);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, level.Count);
        var proof = new List<Hash256>();
        for (var at = index; level.Count > 1; at >>= 1, level = Above(level))
        {
            if ((at ^ 1) < level.Count)
                proof.Add(level[at ^ 1]);
        }

        return proof;
    }

    /// <summary>
    /// True if the leaf stands at this place of the tree of this root and size (RFC 9162, 2.1.3.2). A proof that is
    /// longer or shorter than the place needs is false.
    /// </summary>
    /// <param name="root">The published root.</param>
    /// <param name="count">The published number of leaves.</param>
    /// <param name="leaf">The leaf's hash.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="proof">As <see cref="Prove"/> gives it.</param>
    public static bool Verify(Hash256 root, ulong count, Hash256 leaf, ulong index, IReadOnlyList<Hash256> proof)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (index >= count || proof.Count > MaxProof)
            return false;
        var (at, last, hash) = (index, count - 1, leaf);
        foreach (var neighbour in proof)
        {
            if (last == 0)
                return false;
            if ((at & 1) == 1 || at == last)
            {
                hash = Node(neighbour, hash);
                // Levels on which this node had no neighbour.
                for (; (at & 1) == 0 && at != 0; last >>= 1)
                    at >>= 1;
            }
            else
            {
                hash = Node(hash, neighbour);
            }

            at >>= 1;
            last >>= 1;
        }

        return last == 0 && hash == root;
    }

    private static List<Hash256> Level(IReadOnlyList<Hash256> leaves)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        return leaves.Count > 0
            ? [.. leaves]
            : throw new ArgumentException("A tree has at least one leaf.", nameof(leaves));
    }

    private static List<Hash256> Above(List<Hash256> level)
    {
        var above = new List<Hash256>((level.Count + 1) / 2);
        for (var i = 0; i < level.Count; i += 2)
            above.Add(i + 1 < level.Count ? Node(level[i], level[i + 1]) : level[i]);
        return above;
    }

    private static Hash256 Hash(byte prefix, Hash256 first, Hash256 second)
    {
        Span<byte> bytes = stackalloc byte[1 + (2 * Hash256.Length)];
        bytes[0] = prefix;
        first.CopyTo(bytes[1..]);
        second.CopyTo(bytes[(1 + Hash256.Length)..]);
        return Keccak256.Hash(bytes);
    }
}
