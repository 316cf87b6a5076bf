using System.Buffers.Binary;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>Writes signed bytes: the common head, then fields of fixed width, big-endian.</summary>
internal ref struct SignBytesWriter
{
    private readonly byte[] bytes;
    private int position;

    public SignBytesWriter(ChainBinding binding, SignStep step, ulong height, int round, int fields)
    {
        bytes = new byte[ChainBinding.PrefixLength + 1 + 8 + 4 + fields];
        binding.WritePrefix(bytes);
        bytes[ChainBinding.PrefixLength] = (byte)step;
        position = ChainBinding.PrefixLength + 1;
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(position), height);
        position += 8;
        Add(round);
    }

    public readonly byte[] Bytes => bytes;

    public void Add(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(position), value);
        position += 4;
    }

    public void Add(Hash256 value)
    {
        value.CopyTo(bytes.AsSpan(position));
        position += Hash256.Length;
    }
}
