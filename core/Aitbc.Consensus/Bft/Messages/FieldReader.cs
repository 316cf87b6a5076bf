using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>
/// Reads fields of fixed width. Reading beyond the end gives zeros and makes <see cref="IsAtEnd"/> false for ever, so
/// that one check at the end is enough.
/// </summary>
internal struct FieldReader(ReadOnlyMemory<byte> bytes)
{
    private ReadOnlyMemory<byte> rest = bytes;
    private bool overrun;

    public readonly int Left => rest.Length;

    public readonly bool IsAtEnd => !overrun && rest.IsEmpty;

    public byte Byte() => Take(1) is { IsEmpty: false } span ? span[0] : (byte)0;

    public ushort UInt16() => Take(2) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt16BigEndian(span) : default;

    public int Int32() => Take(4) is { IsEmpty: false } span ? BinaryPrimitives.ReadInt32BigEndian(span) : default;

    public ulong UInt64() => Take(8) is { IsEmpty: false } span ? BinaryPrimitives.ReadUInt64BigEndian(span) : default;

    public Hash256 Hash() => Take(Hash256.Length) is { IsEmpty: false } span ? Hash256.FromBytes(span) : default;

    public ReadOnlyMemory<byte> Bytes(int count)
    {
        var from = rest;
        return Take(count).IsEmpty ? default : from[..count];
    }

    public ReadOnlyMemory<byte> Rest() => Bytes(rest.Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
        {
            overrun = true;
            rest = default;
            return default;
        }

        var taken = rest.Span[..count];
        rest = rest[count..];
        return taken;
    }
}
