using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Redis;

/// <summary>A message on a channel, or a piece of one (specs/p2p.md, R2). Its sender is a hint.</summary>
internal sealed record RedisMessage(
    PeerId Sender,
    Hash256 ConsensusKey,
    byte Class,
    ulong Number,
    ushort Index,
    ushort Count,
    ReadOnlyMemory<byte> Piece)
{
    public const byte SignOfLife = 0;
    public const int LongestPiece = 64 << 10;

    /// <summary>Pieces of a message to one node.</summary>
    public const int MostPieces = GossipLimits.MaxMessage / LongestPiece;

    private const int HeaderLength = (2 * Hash256.Length) + 1 + 8 + 2 + 2;

    /// <summary>Writes it behind so many bytes that the caller fills.</summary>
    public byte[] Encode(int before)
    {
        var bytes = new byte[before + HeaderLength + Piece.Length];
        var place = bytes.AsSpan(before);
        Sender.KeyHash.CopyTo(place);
        ConsensusKey.CopyTo(place[32..]);
        place[64] = Class;
        BinaryPrimitives.WriteUInt64BigEndian(place[65..], Number);
        BinaryPrimitives.WriteUInt16BigEndian(place[73..], Index);
        BinaryPrimitives.WriteUInt16BigEndian(place[75..], Count);
        Piece.Span.CopyTo(place[HeaderLength..]);
        return bytes;
    }

    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out RedisMessage? message)
    {
        message = null;
        if (bytes.Length is < HeaderLength or > HeaderLength + LongestPiece)
            return false;
        var span = bytes.Span;
        var read = new RedisMessage(
            new PeerId(Hash256.FromBytes(span[..32])),
            Hash256.FromBytes(span.Slice(32, 32)),
            span[64],
            BinaryPrimitives.ReadUInt64BigEndian(span[65..]),
            BinaryPrimitives.ReadUInt16BigEndian(span[73..]),
            BinaryPrimitives.ReadUInt16BigEndian(span[75..]),
            bytes[HeaderLength..]);
        if (read.Class > (byte)MessageClass.Transactions || read.Count is 0 or > MostPieces || read.Index >= read.Count)
            return false;
        message = read;
        return true;
    }
}
