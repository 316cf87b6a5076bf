using Aitbc.Primitives;

namespace Aitbc.Provider.Offers;

/// <summary>So many atto-AIT for so many units: fine prices stay integers.</summary>
internal readonly record struct UnitPrice(UInt256 Price, ulong Per)
{
    /// <summary>
    /// Beyond this no price is meant seriously, and products with 64-bit counts would leave 256 bits.
    /// </summary>
    public static readonly UInt256 Highest = UInt256.One * ulong.MaxValue * ulong.MaxValue;

    /// <summary>
    /// False for what no arithmetic here may touch: nothing for zero units, or beyond <see cref="Highest"/>.
    /// </summary>
    public bool IsSane => Per > 0 && Price <= Highest;

    public static bool operator <(UnitPrice left, UnitPrice right) => left.Price * right.Per < right.Price * left.Per;

    public static bool operator >(UnitPrice left, UnitPrice right) => right < left;

    /// <summary>What units cost, in atto-AIT, rounded up to the next one.</summary>
    public UInt256 Charge(ulong units)
    {
        var product = Price * units;
        return (product % Per).IsZero ? product / Per : (product / Per) + UInt256.One;
    }

    public override string ToString() => Per == 1 ? $"{Price} atto-AIT a unit" : $"{Price} atto-AIT for {Per} units";
}
