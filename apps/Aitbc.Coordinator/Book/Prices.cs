using Aitbc.Primitives;

namespace Aitbc.Coordinator.Book;

/// <summary>Prices are 128 bits in the book, where they are compared often, and 256 outside.</summary>
internal static class Prices
{
    public static UInt256 Wide(UInt128 price) => new((ulong)price, (ulong)(price >> 64), 0, 0);

    /// <exception cref="OverflowException">The price exceeds 128 bits.</exception>
    public static UInt128 Narrow(UInt256 price)
    {
        var high = (ulong)(price / new UInt256(0, 1, 0, 0));
        var low = (ulong)(price % new UInt256(0, 1, 0, 0));
        return new UInt128(high, low);
    }
}
