using System.Buffers.Binary;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus;

/// <summary>
/// The validator's Ed25519 signature that a block is final (specs/consensus.md). It binds chain, genesis, height and
/// round, so that it proves nothing about any other block.
/// </summary>
/// <param name="PublicKey">The validator's key, 32 bytes.</param>
/// <param name="Signature">64 bytes.</param>
public sealed record CommitCertificate(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Length of <see cref="ToBytes"/>.</summary>
    public const int Length = Ed25519Keys.PublicKeyLength + Ed25519Keys.SignatureLength;

    /// <summary>Signs a block as final.</summary>
    /// <param name="seed">The validator's secret seed, 32 bytes.</param>
    /// <param name="subject">What is final.</param>
    public static CommitCertificate Sign(ReadOnlySpan<byte> seed, CommitSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return new CommitCertificate(Ed25519Keys.PublicKeyOf(seed), Ed25519Keys.Sign(seed, subject.Message()));
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null for another length.</summary>
    public static CommitCertificate? FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == Length
        ? new CommitCertificate(
            bytes[..Ed25519Keys.PublicKeyLength].ToArray(), bytes[Ed25519Keys.PublicKeyLength..].ToArray())
        : null;

    /// <summary>Key and signature.</summary>
    public byte[] ToBytes() => [.. PublicKey.Span, .. Signature.Span];

    /// <summary>True if this validator signed exactly this.</summary>
    public bool Proves(ReadOnlySpan<byte> validator, CommitSubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return PublicKey.Span.SequenceEqual(validator)
            && Ed25519Keys.Verify(validator, subject.Message(), Signature.Span);
    }
}

/// <summary>What a certificate is about.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Genesis">Hash of block 0.</param>
/// <param name="Height">Height.</param>
/// <param name="Round">Round; always 0 with one validator.</param>
/// <param name="Block">Hash of the block.</param>
public sealed record CommitSubject(ulong ChainId, Hash256 Genesis, ulong Height, uint Round, Hash256 Block)
{
    /// <summary>
    /// The signed bytes: "aitbc/commit/1", then chain id, genesis, height, round and block, big-endian.
    /// </summary>
    public byte[] Message()
    {
        var tag = "aitbc/commit/1"u8;
        var bytes = new byte[tag.Length + 8 + 32 + 8 + 4 + 32];
        tag.CopyTo(bytes);
        var rest = bytes.AsSpan(tag.Length);
        BinaryPrimitives.WriteUInt64BigEndian(rest, ChainId);
        Genesis.CopyTo(rest[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(rest[40..], Height);
        BinaryPrimitives.WriteUInt32BigEndian(rest[48..], Round);
        Block.CopyTo(rest[52..]);
        return bytes;
    }
}
