namespace Aitbc.Primitives.Encoding;

/// <summary>
/// Reads recursive length prefix (Ethereum Yellow Paper, appendix B) strictly: one value has one encoding, everything
/// else throws <see cref="RlpException"/>. It allocates nothing; nesting is the caller's, so depth is bounded by it.
/// </summary>
public ref struct RlpReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    /// <summary>True when no item is left.</summary>
    public readonly bool IsEnd => rest.IsEmpty;

    /// <summary>What is left to be read.</summary>
    public readonly ReadOnlySpan<byte> Remaining => rest;

    /// <summary>True when the next item is a list.</summary>
    public readonly bool NextIsList => !rest.IsEmpty && rest[0] >= 0xc0;

    /// <summary>Reads a string.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var (isList, header, length) = ReadHeader();
        if (isList)
            throw new RlpException(RlpError.WrongKind);
        return Take(header, length);
    }

    /// <summary>Reads a string of exactly this length.</summary>
    public ReadOnlySpan<byte> ReadBytes(int length)
    {
        var bytes = ReadBytes();
        return bytes.Length == length ? bytes : throw new RlpException(RlpError.WrongLength);
    }

    /// <summary>Enters a list: a reader over its items.</summary>
    public RlpReader ReadList()
    {
        var (isList, header, length) = ReadHeader();
        if (!isList)
            throw new RlpException(RlpError.WrongKind);
        return new RlpReader(Take(header, length));
    }

    /// <summary>The next item with its header, whatever it is.</summary>
    public ReadOnlySpan<byte> ReadItem()
    {
        var (_, header, length) = ReadHeader();
        var item = rest[..(header + length)];
        rest = rest[(header + length)..];
        return item;
    }

    /// <summary>Reads an integer of at most 64 bits.</summary>
    public ulong ReadUInt64()
    {
        var bytes = ReadInteger(sizeof(ulong));
        ulong value = 0;
        foreach (var b in bytes)
            value = (value << 8) | b;
        return value;
    }

    /// <summary>Reads an integer of at most 256 bits.</summary>
    public UInt256 ReadUInt256() => UInt256.FromBigEndian(ReadInteger(UInt256.Length));

    /// <summary>Reads 20 bytes.</summary>
    public Address ReadAddress() => Address.FromBytes(ReadBytes(Address.Length));

    /// <summary>Reads 20 bytes or the empty string (null).</summary>
    public Address? ReadOptionalAddress()
    {
        var bytes = ReadBytes();
        return bytes.Length switch
        {
            0 => null,
            Address.Length => Address.FromBytes(bytes),
            _ => throw new RlpException(RlpError.WrongLength),
        };
    }

    /// <summary>Reads 32 bytes.</summary>
    public Hash256 ReadHash() => Hash256.FromBytes(ReadBytes(Hash256.Length));

    /// <summary>Throws unless every item was read.</summary>
    public readonly void EnsureEnd()
    {
        if (!rest.IsEmpty)
            throw new RlpException(RlpError.TrailingBytes);
    }

    private ReadOnlySpan<byte> ReadInteger(int longest)
    {
        var bytes = ReadBytes();
        if (bytes.Length > longest)
            throw new RlpException(RlpError.WrongLength);
        if (bytes.Length > 0 && bytes[0] == 0)
            throw new RlpException(RlpError.LeadingZero);
        return bytes;
    }

    private ReadOnlySpan<byte> Take(int header, int length)
    {
        var item = rest.Slice(header, length);
        rest = rest[(header + length)..];
        return item;
    }

    private readonly (bool IsList, int Header, int Length) ReadHeader()
    {
        if (rest.IsEmpty)
            throw new RlpException(RlpError.Truncated);
        var first = rest[0];
        if (first < 0x80)
            return (false, 0, 1);
        var isList = first >= 0xc0;
        var shape = isList ? first - 0xc0 : first - 0x80;
        if (shape > 55)
            return (isList, 1 + shape - 55, LongLength(shape - 55));
        if (rest.Length - 1 < shape)
            throw new RlpException(RlpError.Truncated);
        if (!isList && shape == 1 && rest[1] < 0x80)
            throw new RlpException(RlpError.NotCanonical);
        return (isList, 1, shape);
    }

    private readonly int LongLength(int bytes)
    {
        if (rest.Length - 1 < bytes)
            throw new RlpException(RlpError.Truncated);
        var digits = rest.Slice(1, bytes);
        if (digits[0] == 0)
            throw new RlpException(RlpError.NotCanonical);
        ulong length = 0;
        foreach (var b in digits)
            length = (length << 8) | b;
        if (length <= 55)
            throw new RlpException(RlpError.NotCanonical);
        if (length > (ulong)(rest.Length - 1 - bytes))
            throw new RlpException(RlpError.Truncated);
        return (int)length;
    }
}
