using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Simulator.Model;

/// <summary>A member joins or leaves the validators of the next height.</summary>
internal readonly record struct MemberChange(int Key, bool Joins);

/// <summary>What a block of the simulated ledger holds. Its hash is over all of it; no round is in it.</summary>
internal sealed record SimBlock
{
    public const int PartBytes = 96;

    private byte[]? bytes;
    private BlockInfo? info;
    private IReadOnlyList<Hash256>? parts;

    [SetsRequiredMembers]
    private SimBlock(SimBlock other)
    {
        // A copy is about to differ, so it takes over no hash.
        (Height, Parent, TimeMs, Proposer) = (other.Height, other.Parent, other.TimeMs, other.Proposer);
        (Add, Change, Proof, Nonce) = (other.Add, other.Change, other.Proof, other.Nonce);
        (StateRoot, NextValidators) = (other.StateRoot, other.NextValidators);
    }

    public SimBlock()
    {
    }

    public required ulong Height { get; init; }

    public required Hash256 Parent { get; init; }

    public required long TimeMs { get; init; }

    public required int Proposer { get; init; }

    public required ulong Add { get; init; }

    public required MemberChange? Change { get; init; }

    public required Equivocation? Proof { get; init; }

    public required Hash256 StateRoot { get; init; }

    public required Hash256 NextValidators { get; init; }

    /// <summary>Tells apart what one proposer makes twice.</summary>
    public required ulong Nonce { get; init; }

    public BlockInfo Info => info ??= new BlockInfo(Keccak256.Hash(Bytes), PartsRoot(Parts), Bytes.Length);

    public Hash256 Hash => Info.Hash;

    public byte[] Bytes => bytes ??= Encode();

    /// <summary>Hashes of the parts in which the body travels.</summary>
    public IReadOnlyList<Hash256> Parts => parts ??=
        [.. Enumerable.Range(0, (Bytes.Length + PartBytes - 1) / PartBytes)
            .Select(i => Keccak256.Hash(Part(Bytes, i).Span))];

    public static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> bytes, int index) =>
        bytes.Slice(index * PartBytes, Math.Min(PartBytes, bytes.Length - (index * PartBytes)));

    public static Hash256 PartsRoot(IReadOnlyList<Hash256> parts) =>
        Keccak256.Hash([.. parts.SelectMany(p => p.ToArray())]);

    private byte[] Encode()
    {
        var head = new byte[8 * 7];
        BinaryPrimitives.WriteUInt64BigEndian(head, Height);
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(8), TimeMs);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(16), Proposer);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(24), Add);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(32), Change is { } c ? (c.Key * 2) + (c.Joins ? 1 : 0) : -1);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(40), Nonce);
        return
        [
            .. head, .. Parent.ToArray(), .. StateRoot.ToArray(), .. NextValidators.ToArray(),
            .. Proof is null ? [] : MessageCodec.Encode(Proof.First),
            .. Proof is null ? [] : MessageCodec.Encode(Proof.Second),
        ];
    }
}
