using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links.Wire;

/// <summary>What each side says first (specs/p2p.md, section 3).</summary>
internal sealed record Hello(
    ushort Version, ulong ChainId, Hash256 Genesis, Hash256 Nonce, Hash256 ConsensusKey, ushort Port)
{
    public const ushort CurrentVersion = 1;

    private static ReadOnlySpan<byte> Tag => "aitbc/p2p/1"u8;

    public static int Length => Tag.Length + 2 + 8 + (3 * Hash256.Length) + 2;

    public byte[] Encode()
    {
        var bytes = new byte[Length];
        Tag.CopyTo(bytes);
        var rest = bytes.AsSpan(Tag.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest, Version);
        BinaryPrimitives.WriteUInt64BigEndian(rest[2..], ChainId);
        Genesis.CopyTo(rest[10..]);
        Nonce.CopyTo(rest[42..]);
        ConsensusKey.CopyTo(rest[74..]);
        BinaryPrimitives.WriteUInt16BigEndian(rest[106..], Port);
        return bytes;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Hello? hello)
    {
        hello = null;
        if (bytes.Length != Length || !bytes.StartsWith(Tag))
            return false;
        var rest = bytes[Tag.Length..];
        hello = new Hello(
            BinaryPrimitives.ReadUInt16BigEndian(rest),
            BinaryPrimitives.ReadUInt64BigEndian(rest[2..]),
            Hash256.FromBytes(rest.Slice(10, Hash256.Length)),
            Hash256.FromBytes(rest.Slice(42, Hash256.Length)),
            Hash256.FromBytes(rest.Slice(74, Hash256.Length)),
            BinaryPrimitives.ReadUInt16BigEndian(rest[106..]));
        return true;
    }
}
