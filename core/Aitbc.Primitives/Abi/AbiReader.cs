using System.Numerics;
using System.Text;

namespace Aitbc.Primitives.Abi;

/// <summary>
/// Reads head and tail form. Offsets may point anywhere in the data, so a small input could name the same bytes again
/// and again: every word and every copied byte is counted, and an honest encoding never needs more than it has.
/// </summary>
internal ref struct AbiReader(ReadOnlySpan<byte> data)
{
    private const int WordLength = 32;
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> data = data;
    private long budget = data.Length;

    public object?[] ReadList(IReadOnlyList<AbiType> types) => ReadList(types, 0);

    private object?[] ReadList(IReadOnlyList<AbiType> types, int start)
    {
        var values = new object?[types.Count];
        var head = start;
        for (var i = 0; i < types.Count; i++)
        {
            values[i] = ReadMember(types[i], start, head);
            head = checked(head + types[i].HeadLength);
        }

        return values;
    }

    private object? ReadMember(AbiType type, int start, int head)
    {
        if (!type.IsDynamic)
            return ReadBody(type, head);
        var offset = ReadLength(head);
        return ReadBody(type, checked(start + offset));
    }

    private object? ReadBody(AbiType type, int at) => type.Kind switch
    {
        AbiKind.UInt => ReadUInt(type, at),
        AbiKind.Int => ReadInt(type, at),
        AbiKind.Address => ReadAddress(at),
        AbiKind.Bool => ReadUInt(type, at) switch
        {
            { IsZero: true } => false,
            var one when one == UInt256.One => true,
            _ => throw new AbiException("A bool is neither 0 nor 1."),
        },
        AbiKind.FixedBytes => ReadFixedBytes(type, at),
        AbiKind.Bytes => ReadBytes(at).ToArray(),
        AbiKind.String => ReadString(at),
        AbiKind.Array => ReadItems(type.Element!, ReadLength(at), checked(at + WordLength)),
        AbiKind.FixedArray => ReadItems(type.Element!, type.Size, at),
        _ => ReadList(type.Components, at),
    };

    private object?[] ReadItems(AbiType element, int count, int start)
    {
        // Refused before the array is made: a length that the data cannot hold must not cost memory.
        if ((long)count * element.HeadLength > data.Length - start)
            throw Outside();
        var values = new object?[count];
        for (var i = 0; i < count; i++)
            values[i] = ReadMember(element, start, start + (i * element.HeadLength));
        return values;
    }

    private UInt256 ReadUInt(AbiType type, int at)
    {
        var number = UInt256.FromBigEndian(Word(at));
        return type.Kind != AbiKind.UInt || type.Size == 256 || (number.ToBigInteger() >> type.Size).IsZero
            ? number
            : throw new AbiException($"A number is too large for {type}.");
    }

    private BigInteger ReadInt(AbiType type, int at)
    {
        var number = new BigInteger(Word(at), isUnsigned: false, isBigEndian: true);
        var limit = BigInteger.One << (type.Size - 1);
        return number >= -limit && number < limit
            ? number
            : throw new AbiException($"A number is out of the range of {type}.");
    }

    private Address ReadAddress(int at)
    {
        var word = Word(at);
        const int padding = WordLength - Address.Length;
        return word[..padding].ContainsAnyExcept((byte)0)
            ? throw new AbiException("An address has bytes before it.")
            : Address.FromBytes(word[padding..]);
    }

    private object ReadFixedBytes(AbiType type, int at)
    {
        var word = Word(at);
        if (word[type.Size..].ContainsAnyExcept((byte)0))
            throw new AbiException($"A {type} has bytes after it.");
        return type.Size == WordLength ? Hash256.FromBytes(word) : word[..type.Size].ToArray();
    }

    private string ReadString(int at)
    {
        try
        {
            return StrictUtf8.GetString(ReadBytes(at));
        }
        catch (DecoderFallbackException)
        {
            throw new AbiException("A string is not UTF-8.");
        }
    }

    private ReadOnlySpan<byte> ReadBytes(int at)
    {
        var length = ReadLength(at);
        var start = checked(at + WordLength);
        if (length > data.Length - start)
            throw Outside();
        Spend(length);
        return data.Slice(start, length);
    }

    /// <summary>An offset or a length: never more than the data has.</summary>
    private int ReadLength(int at)
    {
        var number = UInt256.FromBigEndian(Word(at));
        return number <= (UInt256)(ulong)data.Length ? (int)(ulong)number : throw Outside();
    }

    private ReadOnlySpan<byte> Word(int at)
    {
        if (at < 0 || at > data.Length - WordLength)
            throw Outside();
        Spend(WordLength);
        return data.Slice(at, WordLength);
    }

    private void Spend(int bytes)
    {
        budget -= bytes;
        if (budget < 0)
            throw new AbiException("Parts of the data are used more than once.");
    }

    private static AbiException Outside() => new("An offset or a length points outside of the data.");
}
