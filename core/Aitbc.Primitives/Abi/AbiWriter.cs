using System.Buffers;
using System.Numerics;

namespace Aitbc.Primitives.Abi;

/// <summary>Writes values in head and tail form.</summary>
internal sealed class AbiWriter
{
    private const int WordLength = 32;
    private readonly ArrayBufferWriter<byte> buffer = new();

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    /// <summary>The head of each value, then the tails of the dynamic ones.</summary>
    public void WriteList(IReadOnlyList<AbiType> types, IReadOnlyList<object?> values)
    {
        if (types.Count != values.Count)
            throw new AbiException($"{types.Count} values are expected, {values.Count} are given.");
        var offset = types.Sum(t => t.HeadLength);
        var tails = new List<byte[]>();
        for (var i = 0; i < types.Count; i++)
        {
            if (!types[i].IsDynamic)
            {
                WriteBody(types[i], values[i]);
                continue;
            }

            var tail = new AbiWriter();
            tail.WriteBody(types[i], values[i]);
            tails.Add(tail.ToArray());
            WriteNumber((ulong)offset);
            offset = checked(offset + tails[^1].Length);
        }

        foreach (var tail in tails)
            buffer.Write(tail);
    }

    private void WriteBody(AbiType type, object? value)
    {
        switch (type.Kind)
        {
            case AbiKind.UInt:
                WriteUInt(type, value);
                break;
            case AbiKind.Int:
                WriteInt(type, value);
                break;
            case AbiKind.Address when value is Address address:
                address.CopyTo(Word()[(WordLength - Address.Length)..]);
                buffer.Advance(WordLength);
                break;
            case AbiKind.Bool when value is bool flag:
                WriteNumber(flag ? 1UL : 0UL);
                break;
            case AbiKind.FixedBytes:
                WriteFixedBytes(type, value);
                break;
            case AbiKind.Bytes when BytesOf(value) is { } bytes:
                WriteBytes(bytes.Span);
                break;
            case AbiKind.String when value is string text:
                WriteBytes(System.Text.Encoding.UTF8.GetBytes(text));
                break;
            case AbiKind.Array when value is IReadOnlyList<object?> items:
                WriteNumber((ulong)items.Count);
                WriteList([.. Enumerable.Repeat(type.Element!, items.Count)], items);
                break;
            case AbiKind.FixedArray when value is IReadOnlyList<object?> items:
                WriteList([.. Enumerable.Repeat(type.Element!, type.Size)], items);
                break;
            case AbiKind.Tuple when value is IReadOnlyList<object?> members:
                WriteList(type.Components, members);
                break;
            default:
                throw Misfit(type, value);
        }
    }

    private void WriteUInt(AbiType type, object? value)
    {
        UInt256 number = value switch
        {
            UInt256 n => n,
            ulong n => n,
            uint n => n,
            byte n => n,
            int n when n >= 0 => (ulong)n,
            _ => throw Misfit(type, value),
        };
        if (type.Size < 256 && !(number.ToBigInteger() >> type.Size).IsZero)
            throw Misfit(type, value);
        number.WriteBigEndian(Word());
        buffer.Advance(WordLength);
    }

    private void WriteInt(AbiType type, object? value)
    {
        BigInteger number = value switch
        {
            BigInteger n => n,
            long n => n,
            int n => n,
            _ => throw Misfit(type, value),
        };
        var limit = BigInteger.One << (type.Size - 1);
        if (number < -limit || number >= limit)
            throw Misfit(type, value);
        var word = Word();
        if (number.Sign < 0)
            number += BigInteger.One << 256;
        UInt256.FromBigInteger(number).WriteBigEndian(word);
        buffer.Advance(WordLength);
    }

    private void WriteFixedBytes(AbiType type, object? value)
    {
        var word = Word();
        if (value is Hash256 hash && type.Size == WordLength)
            hash.CopyTo(word);
        else if (BytesOf(value) is { } bytes && bytes.Length == type.Size)
            bytes.Span.CopyTo(word);
        else
            throw Misfit(type, value);
        buffer.Advance(WordLength);
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        WriteNumber((ulong)bytes.Length);
        buffer.Write(bytes);
        var padding = (WordLength - (bytes.Length % WordLength)) % WordLength;
        buffer.GetSpan(WordLength)[..padding].Clear();
        buffer.Advance(padding);
    }

    private void WriteNumber(ulong number)
    {
        ((UInt256)number).WriteBigEndian(Word());
        buffer.Advance(WordLength);
    }

    private Span<byte> Word()
    {
        var word = buffer.GetSpan(WordLength)[..WordLength];
        word.Clear();
        return word;
    }

    private static ReadOnlyMemory<byte>? BytesOf(object? value) => value switch
    {
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> memory => memory,
        _ => null,
    };

    private static AbiException Misfit(AbiType type, object? value) =>
        new($"A value of the CLR type {value?.GetType().Name ?? "null"} does not fit the ABI type {type}.");
}
