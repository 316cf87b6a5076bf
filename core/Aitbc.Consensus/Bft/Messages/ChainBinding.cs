using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>What every signed message is bound to, so that it means nothing on another chain.</summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Genesis">Hash of block 0.</param>
public sealed record ChainBinding(ulong ChainId, Hash256 Genesis)
{
    /// <summary>Bytes of tag, chain and genesis at the start of everything signed.</summary>
    internal const int PrefixLength = 11 + 8 + 32;

    private static ReadOnlySpan<byte> Tag => "aitbc/bft/1"u8;

    /// <summary>Writes tag and version, chain id and genesis.</summary>
    internal void WritePrefix(Span<byte> destination)
    {
        Tag.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[Tag.Length..], ChainId);
        Genesis.CopyTo(destination[(Tag.Length + 8)..]);
    }
}
