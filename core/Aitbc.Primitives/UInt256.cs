using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace Aitbc.Primitives;

/// <summary>An unsigned 256-bit integer. Every operator is checked: what does not fit throws, nothing wraps.</summary>
/// <param name="l0">The lowest 64 bits.</param>
/// <param name="l1">Bits 64 to 127.</param>
/// <param name="l2">Bits 128 to 191.</param>
/// <param name="l3">The highest 64 bits.</param>
public readonly struct UInt256(ulong l0, ulong l1, ulong l2, ulong l3) : IEquatable<UInt256>, IComparable<UInt256>
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong l0 = l0;
    private readonly ulong l1 = l1;
    private readonly ulong l2 = l2;
    private readonly ulong l3 = l3;

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(1, 0, 0, 0);

    /// <summary>2^256 - 1.</summary>
    public static UInt256 MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>True for 0.</summary>
    public bool IsZero => (l0 | l1 | l2 | l3) == 0;

    /// <summary>True if the value fits 64 bits.</summary>
    public bool IsUInt64 => (l1 | l2 | l3) == 0;

    /// <summary>Reads 0 to 32 big-endian bytes.</summary>
    /// <exception cref="ArgumentException">More than 32 bytes.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Length)
            throw new ArgumentException("More than 32 bytes.", nameof(bytes));
        Span<byte> word = stackalloc byte[Length];
        bytes.CopyTo(word[(Length - bytes.Length)..]);
        return new UInt256(
            BinaryPrimitives.ReadUInt64BigEndian(word[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(word[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(word[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(word));
    }

    /// <summary>Writes 32 big-endian bytes.</summary>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, l3);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], l2);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], l1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], l0);
    }

    /// <summary>The value as a <see cref="BigInteger"/>.</summary>
    public BigInteger ToBigInteger()
    {
        Span<byte> bytes = stackalloc byte[Length];
        WriteBigEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    /// <summary>Converts; negative or above 2^256 - 1 throws.</summary>
    /// <exception cref="OverflowException">Out of range.</exception>
    public static UInt256 FromBigInteger(BigInteger value)
    {
        if (value.Sign < 0 || value.GetByteCount(isUnsigned: true) > Length)
            throw new OverflowException("The value does not fit 256 unsigned bits.");
        Span<byte> bytes = stackalloc byte[Length];
        value.TryWriteBytes(bytes, out var written, isUnsigned: true, isBigEndian: true);
        return FromBigEndian(bytes[..written]);
    }

    /// <summary>Reads decimal digits, or hex digits after 0x.</summary>
    /// <exception cref="FormatException">Anything else, or too large.</exception>
    public static UInt256 Parse(string text) =>
        TryParse(text, out var value) ? value : throw new FormatException("Not an unsigned 256-bit integer.");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UInt256 value)
    {
        value = default;
        if (string.IsNullOrEmpty(text) || text.Length > 80)
            return false;
        var hex = text.StartsWith("0x", StringComparison.Ordinal);
        if (hex && (text.Length is < 3 or > 66))
            return false;
        var style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        // A leading zero keeps BigInteger from reading the first hex digit as a sign.
        var digits = hex ? "0" + text[2..] : text;
        if (!BigInteger.TryParse(digits, style, CultureInfo.InvariantCulture, out var big)
            || big.GetByteCount(isUnsigned: true) > Length)
            return false;
        value = FromBigInteger(big);
        return true;
    }

    /// <summary>Adds; false if the sum does not fit.</summary>
    public static bool TryAdd(UInt256 left, UInt256 right, out UInt256 sum)
    {
        ulong carry = 0;
        var r0 = AddLimb(left.l0, right.l0, ref carry);
        var r1 = AddLimb(left.l1, right.l1, ref carry);
        var r2 = AddLimb(left.l2, right.l2, ref carry);
        var r3 = AddLimb(left.l3, right.l3, ref carry);
        sum = new UInt256(r0, r1, r2, r3);
        return carry == 0;
    }

    /// <summary>Subtracts; false if <paramref name="right"/> is larger.</summary>
    public static bool TrySubtract(UInt256 left, UInt256 right, out UInt256 difference)
    {
        ulong borrow = 0;
        var r0 = SubtractLimb(left.l0, right.l0, ref borrow);
        var r1 = SubtractLimb(left.l1, right.l1, ref borrow);
        var r2 = SubtractLimb(left.l2, right.l2, ref borrow);
        var r3 = SubtractLimb(left.l3, right.l3, ref borrow);
        difference = new UInt256(r0, r1, r2, r3);
        return borrow == 0;
    }

    /// <summary>Multiplies; false if the product does not fit.</summary>
    public static bool TryMultiply(UInt256 left, UInt256 right, out UInt256 product)
    {
        if (left.IsUInt64 && right.IsUInt64)
        {
            var high = Math.BigMul(left.l0, right.l0, out var low);
            product = new UInt256(low, high, 0, 0);
            return true;
        }

        if (right.IsUInt64)
            return TryMultiplyByLimb(left, right.l0, out product);
        if (left.IsUInt64)
            return TryMultiplyByLimb(right, left.l0, out product);
        var big = left.ToBigInteger() * right.ToBigInteger();
        var fits = big.GetByteCount(isUnsigned: true) <= Length;
        product = fits ? FromBigInteger(big) : default;
        return fits;
    }

    /// <summary>Checked sum.</summary>
    public static UInt256 operator +(UInt256 left, UInt256 right) =>
        TryAdd(left, right, out var sum) ? sum : throw Overflow();

    /// <summary>Checked difference.</summary>
    public static UInt256 operator -(UInt256 left, UInt256 right) =>
        TrySubtract(left, right, out var difference) ? difference : throw Overflow();

    /// <summary>Checked product.</summary>
    public static UInt256 operator *(UInt256 left, UInt256 right) =>
        TryMultiply(left, right, out var product) ? product : throw Overflow();

    /// <summary>Quotient, rounded down.</summary>
    public static UInt256 operator /(UInt256 left, UInt256 right) =>
        right.IsUInt64
            ? DivideByLimb(left, right.l0, out _)
            : FromBigInteger(BigInteger.Divide(left.ToBigInteger(), right.ToBigInteger()));

    /// <summary>Remainder.</summary>
    public static UInt256 operator %(UInt256 left, UInt256 right)
    {
        if (!right.IsUInt64)
            return FromBigInteger(BigInteger.Remainder(left.ToBigInteger(), right.ToBigInteger()));
        DivideByLimb(left, right.l0, out var remainder);
        return remainder;
    }

    /// <summary>Widens.</summary>
    public static implicit operator UInt256(ulong value) => new(value, 0, 0, 0);

    /// <summary>Narrows; throws if it does not fit.</summary>
    public static explicit operator ulong(UInt256 value) => value.IsUInt64 ? value.l0 : throw Overflow();

    /// <summary>Equality.</summary>
    public static bool operator ==(UInt256 left, UInt256 right) => left.Equals(right);

    /// <summary>Inequality.</summary>
    public static bool operator !=(UInt256 left, UInt256 right) => !left.Equals(right);

    /// <summary>Order.</summary>
    public static bool operator <(UInt256 left, UInt256 right) => left.CompareTo(right) < 0;

    /// <summary>Order.</summary>
    public static bool operator >(UInt256 left, UInt256 right) => left.CompareTo(right) > 0;

    /// <summary>Order.</summary>
    public static bool operator <=(UInt256 left, UInt256 right) => left.CompareTo(right) <= 0;

    /// <summary>Order.</summary>
    public static bool operator >=(UInt256 left, UInt256 right) => left.CompareTo(right) >= 0;

    /// <summary>The smaller of two.</summary>
    public static UInt256 Min(UInt256 left, UInt256 right) => left < right ? left : right;

    /// <inheritdoc />
    public bool Equals(UInt256 other) => l0 == other.l0 && l1 == other.l1 && l2 == other.l2 && l3 == other.l3;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(l0, l1, l2, l3);

    /// <inheritdoc />
    public int CompareTo(UInt256 other)
    {
        var order = l3.CompareTo(other.l3);
        if (order == 0)
            order = l2.CompareTo(other.l2);
        if (order == 0)
            order = l1.CompareTo(other.l1);
        return order == 0 ? l0.CompareTo(other.l0) : order;
    }

    /// <summary>Decimal digits.</summary>
    public override string ToString() => IsUInt64
        ? l0.ToString(CultureInfo.InvariantCulture)
        : ToBigInteger().ToString(CultureInfo.InvariantCulture);

    /// <summary>The JSON-RPC quantity form: 0x and hex digits without leading zeros, 0x0 for zero.</summary>
    public string ToQuantity()
    {
        if (IsUInt64)
            return "0x" + l0.ToString("x", CultureInfo.InvariantCulture);
        Span<byte> bytes = stackalloc byte[Length];
        WriteBigEndian(bytes);
        return "0x" + Convert.ToHexStringLower(bytes).TrimStart('0');
    }

    private static ulong AddLimb(ulong left, ulong right, ref ulong carry)
    {
        var sum = left + right;
        var result = sum + carry;
        carry = (sum < left ? 1UL : 0) + (result < sum ? 1UL : 0);
        return result;
    }

    private static bool TryMultiplyByLimb(UInt256 left, ulong right, out UInt256 product)
    {
        ulong carry = 0;
        var r0 = MultiplyLimb(left.l0, right, ref carry);
        var r1 = MultiplyLimb(left.l1, right, ref carry);
        var r2 = MultiplyLimb(left.l2, right, ref carry);
        var r3 = MultiplyLimb(left.l3, right, ref carry);
        product = carry == 0 ? new UInt256(r0, r1, r2, r3) : default;
        return carry == 0;
    }

    private static ulong MultiplyLimb(ulong left, ulong right, ref ulong carry)
    {
        var high = Math.BigMul(left, right, out var low);
        var result = low + carry;
        // The high word of a product is at most 2^64 - 2.
        carry = high + (result < low ? 1UL : 0);
        return result;
    }

    private static UInt256 DivideByLimb(UInt256 left, ulong right, out ulong remainder)
    {
        if (left.IsUInt64)
        {
            (var quotient, remainder) = Math.DivRem(left.l0, right);
            return quotient;
        }

        remainder = 0;
        var q3 = DivideLimb(left.l3, right, ref remainder);
        var q2 = DivideLimb(left.l2, right, ref remainder);
        var q1 = DivideLimb(left.l1, right, ref remainder);
        var q0 = DivideLimb(left.l0, right, ref remainder);
        return new UInt256(q0, q1, q2, q3);
    }

    private static ulong DivideLimb(ulong left, ulong right, ref ulong remainder)
    {
        if (remainder == 0)
        {
            (var quotient, remainder) = Math.DivRem(left, right);
            return quotient;
        }

        var whole = new UInt128(remainder, left);
        var result = (ulong)(whole / right);
        remainder = left - (result * right);
        return result;
    }

    private static ulong SubtractLimb(ulong left, ulong right, ref ulong borrow)
    {
        var result = left - right - borrow;
        borrow = left < right || (left == right && borrow == 1) ? 1UL : 0;
        return result;
    }

    private static OverflowException Overflow() => new("The result does not fit 256 unsigned bits.");
}
