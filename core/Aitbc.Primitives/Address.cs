using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Primitives;

/// <summary>A 20-byte account address: the last 20 bytes of the Keccak-256 of the public key.</summary>
public readonly struct Address : IEquatable<Address>, IComparable<Address>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 20;

    private readonly ulong a;
    private readonly ulong b;
    private readonly uint c;

    private Address(ReadOnlySpan<byte> bytes)
    {
        a = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
        b = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        c = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    /// <summary>The address of twenty zero bytes.</summary>
    public static Address Zero => default;

    /// <summary>True for <see cref="Zero"/>.</summary>
    public bool IsZero => (a | b | c) == 0;

    /// <summary>Reads exactly 20 bytes.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Address FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length
            ? new Address(bytes)
            : throw new ArgumentException($"An address has {Length} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>The address of an uncompressed secp256k1 public key without its 0x04 prefix (64 bytes).</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static Address FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != 64)
            throw new ArgumentException("A public key has 64 bytes here.", nameof(publicKey));
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Keccak256.Hash(publicKey, hash);
        return new Address(hash[12..]);
    }

    /// <summary>Reads 0x and 40 hex digits. Mixed case must be a right EIP-55 checksum.</summary>
    /// <exception cref="FormatException">Not an address, or a wrong checksum.</exception>
    public static Address Parse(string text) =>
        TryParse(text, out var address)
            ? address
            : throw new FormatException("Not an address: 0x and 40 hex digits with a right EIP-55 checksum.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Address address)
    {
        address = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text is not { Length: 42 } || !Hex.TryParse(text, bytes))
            return false;
        var parsed = new Address(bytes);
        if (IsMixedCase(text) && text != parsed.ToString())
            return false;
        address = parsed;
        return true;
    }

    /// <summary>Writes the 20 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(destination, a);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(destination[8..], b);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(destination[16..], c);
    }

    /// <summary>The 20 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Keccak-256 of the 20 bytes: the key of the account in the state tree.</summary>
    public Hash256 KeccakHash()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Keccak256.Hash(bytes);
    }

    /// <summary>Lower-case hex with 0x.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[Length];
        CopyTo(bytes);
        return Hex.ToHex(bytes);
    }

    /// <summary>The EIP-55 form.</summary>
    public override string ToString()
    {
        var lower = ToHex();
        Span<byte> ascii = stackalloc byte[2 * Length];
        System.Text.Encoding.ASCII.GetBytes(lower.AsSpan(2), ascii);
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Keccak256.Hash(ascii, hash);
        Span<char> text = stackalloc char[42];
        lower.CopyTo(text);
        for (var i = 0; i < 2 * Length; i++)
        {
            var nibble = (i & 1) == 0 ? hash[i >> 1] >> 4 : hash[i >> 1] & 15;
            if (nibble >= 8)
                text[i + 2] = char.ToUpperInvariant(text[i + 2]);
        }

        return new string(text);
    }

    /// <inheritdoc />
    public bool Equals(Address other) => a == other.a && b == other.b && c == other.c;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(a, b, c);

    /// <summary>Order of the bytes.</summary>
    public int CompareTo(Address other)
    {
        var order = a.CompareTo(other.a);
        if (order == 0)
            order = b.CompareTo(other.b);
        return order == 0 ? c.CompareTo(other.c) : order;
    }

    /// <summary>Equality of the bytes.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Inequality of the bytes.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(Address left, Address right) => left.CompareTo(right) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(Address left, Address right) => left.CompareTo(right) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(Address left, Address right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(Address left, Address right) => left.CompareTo(right) >= 0;

    private static bool IsMixedCase(string text)
    {
        bool lower = false, upper = false;
        foreach (var letter in text.AsSpan(2))
        {
            lower |= letter is >= 'a' and <= 'f';
            upper |= letter is >= 'A' and <= 'F';
        }

        return lower && upper;
    }
}
