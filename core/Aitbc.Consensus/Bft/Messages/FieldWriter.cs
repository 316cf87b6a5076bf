using System.Buffers;
using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>Appends fields of fixed width, big-endian.</summary>
internal sealed class FieldWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(160);

    public void Add(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    public void Add(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
    }

    public void Add(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public void Add(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }

    public void Add(Hash256 value)
    {
        value.CopyTo(buffer.GetSpan(Hash256.Length));
        buffer.Advance(Hash256.Length);
    }

    public void Add(ReadOnlySpan<byte> value) => buffer.Write(value);

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();
}
