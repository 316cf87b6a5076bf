using System.Buffers.Binary;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;

namespace Aitbc.Consensus.Bft.Bodies;

/// <summary>
/// The body of a block in parts (specs/consensus.md, section 5.4): each of 128 KiB but the last, the leaves of a Merkle
/// tree whose root stands in the proposal.
/// </summary>
public static class BlockParts
{
    /// <summary>Bytes of a part; the last one may be shorter.</summary>
    public const int Length = 128 << 10;

    /// <summary>Longest body in bytes. A longer block is not valid: it could not be sent to who catches up.</summary>
    public const int MaxBody = 3 << 20;

    /// <summary>Number of parts of a body of so many bytes, above 0.</summary>
    public static int CountOf(int totalBytes) => (totalBytes + Length - 1) / Length;

    /// <summary>What a proposal says of a block.</summary>
    /// <param name="hash">Hash of the block.</param>
    /// <param name="body">Its encoding, not empty.</param>
    public static BlockInfo Describe(Hash256 hash, ReadOnlyMemory<byte> body) =>
        new(hash, ReceiptTree.Root(Leaves(body)), body.Length);

    /// <summary>All parts with their proofs, in order.</summary>
    /// <param name="body">The encoding of the block, not empty.</param>
    public static IReadOnlyList<BlockPart> Split(ReadOnlyMemory<byte> body)
    {
        var leaves = Leaves(body);
        var parts = new BlockPart[leaves.Count];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = new BlockPart(i, ReceiptTree.Prove(leaves, i), PartOf(body, i));
        return parts;
    }

    /// <summary>
    /// True if the part stands where it says it does in a body of this root and length, and has the length that this
    /// place has. Never throws.
    /// </summary>
    /// <param name="info">What the parts are of.</param>
    /// <param name="part">A part of a peer.</param>
    public static bool Verify(BlockInfo info, BlockPart part)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(part);
        if (info.TotalBytes is <= 0 or > MaxBody)
            return false;
        var count = CountOf(info.TotalBytes);
        if (part.Index < 0 || part.Index >= count)
            return false;
        var length = part.Index < count - 1 ? Length : info.TotalBytes - ((count - 1) * Length);
        return part.Bytes.Length == length && ReceiptTree.Verify(
            info.PartsRoot, (ulong)count, LeafOf(part.Index, part.Bytes.Span), (ulong)part.Index, part.Proof);
    }

    private static List<Hash256> Leaves(ReadOnlyMemory<byte> body)
    {
        var leaves = new List<Hash256>(CountOf(body.Length));
        for (var i = 0; i < CountOf(body.Length); i++)
            leaves.Add(LeafOf(i, PartOf(body, i).Span));
        return leaves;
    }

    private static ReadOnlyMemory<byte> PartOf(ReadOnlyMemory<byte> body, int index) =>
        body.Slice(index * Length, Math.Min(Length, body.Length - (index * Length)));

    private static Hash256 LeafOf(int index, ReadOnlySpan<byte> bytes)
    {
        var leaf = new byte[1 + sizeof(int) + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(leaf.AsSpan(1), index);
        bytes.CopyTo(leaf.AsSpan(1 + sizeof(int)));
        return Keccak256.Hash(leaf);
    }
}

/// <summary>One part of a body.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Proof">Merkle proof of it.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record BlockPart(int Index, IReadOnlyList<Hash256> Proof, ReadOnlyMemory<byte> Bytes);
