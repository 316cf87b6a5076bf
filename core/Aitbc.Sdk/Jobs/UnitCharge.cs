using Aitbc.Primitives;

namespace Aitbc.Sdk.Jobs;

/// <summary>The one rule that turns units into money.</summary>
public static class UnitCharge
{
    /// <summary>
    /// ceil(units × unitPrice / unitsPer) in atto-AIT: never a fraction, never less than a unit's share.
    /// </summary>
    /// <exception cref="OverflowException">The product exceeds 256 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unitsPer"/> is 0.</exception>
    public static UInt256 Of(ulong units, UInt256 unitPrice, ulong unitsPer)
    {
        ArgumentOutOfRangeException.ThrowIfZero(unitsPer);
        var product = unitPrice * units;
        var whole = product / unitsPer;
        return (product % unitsPer).IsZero ? whole : whole + UInt256.One;
    }
}
