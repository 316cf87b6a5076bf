using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Aitbc.Primitives;

/// <summary>An amount of the native coin AIT. 1 AIT = 10^18 atto-AIT; only whole atto-AIT exist.</summary>
/// <param name="Atto">The amount in atto-AIT.</param>
public readonly record struct Amount(UInt256 Atto) : IComparable<Amount>
{
    /// <summary>Decimal places of the coin.</summary>
    public const int Decimals = 18;

    private static readonly BigInteger AttoPerAit = BigInteger.Pow(10, Decimals);

    /// <summary>Nothing.</summary>
    public static Amount Zero => default;

    /// <summary>Whole AIT.</summary>
    public static Amount FromAit(ulong ait) => new((UInt256)ait * UInt256.FromBigInteger(AttoPerAit));

    /// <summary>Whole atto-AIT.</summary>
    public static Amount FromAtto(UInt256 atto) => new(atto);

    /// <summary>
    /// Reads "1.5 AIT", "1.5" (AIT) or "1500 atto". Nothing is rounded: more than 18 decimals is an error.
    /// </summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Amount Parse(string text) =>
        TryParse(text, out var amount)
            ? amount
            : throw new FormatException("Not an amount: write 1.5 AIT, 1.5 or 1500 atto (at most 18 decimals).");

    /// <summary>As <see cref="Parse"/>, without the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Amount amount)
    {
        amount = default;
        if (text is null || text.Length > 120)
            return false;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is < 1 or > 2)
            return false;
        if (words.Length == 2 && words[1].Equals("atto", StringComparison.OrdinalIgnoreCase))
            return IsDigits(words[0]) && UInt256.TryParse(words[0], out var atto) && Set(atto, out amount);
        if (words.Length == 2 && !words[1].Equals("AIT", StringComparison.OrdinalIgnoreCase))
            return false;
        var parts = words[0].Split('.');
        if (parts.Length > 2 || !IsDigits(parts[0]) || (parts.Length == 2 && !IsFraction(parts[1])))
            return false;
        var digits = parts[0] + (parts.Length == 2 ? parts[1] : "").PadRight(Decimals, '0');
        return UInt256.TryParse(digits.TrimStart('0') is { Length: > 0 } d ? d : "0", out var value)
            && Set(value, out amount);
    }

    /// <summary>Exact decimal with the unit, such as "1.5 AIT".</summary>
    public override string ToString()
    {
        var whole = BigInteger.DivRem(Atto.ToBigInteger(), AttoPerAit, out var rest);
        return rest.IsZero
            ? $"{whole} AIT"
            : $"{whole}.{rest.ToString().PadLeft(Decimals, '0').TrimEnd('0')} AIT";
    }

    /// <inheritdoc />
    public int CompareTo(Amount other) => Atto.CompareTo(other.Atto);

    /// <summary>Checked sum.</summary>
    public static Amount operator +(Amount left, Amount right) => new(left.Atto + right.Atto);

    /// <summary>Checked difference.</summary>
    public static Amount operator -(Amount left, Amount right) => new(left.Atto - right.Atto);

    /// <summary>Order.</summary>
    public static bool operator <(Amount left, Amount right) => left.Atto < right.Atto;

    /// <summary>Order.</summary>
    public static bool operator >(Amount left, Amount right) => left.Atto > right.Atto;

    /// <summary>Order.</summary>
    public static bool operator <=(Amount left, Amount right) => left.Atto <= right.Atto;

    /// <summary>Order.</summary>
    public static bool operator >=(Amount left, Amount right) => left.Atto >= right.Atto;

    private static bool Set(UInt256 atto, out Amount amount)
    {
        amount = new Amount(atto);
        return true;
    }

    private static bool IsFraction(string text) => text.Length <= Decimals && IsDigits(text);

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);
}
