using System.Globalization;
using System.Numerics;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests;

/// <summary>Money is counted in these: held against <see cref="BigInteger"/> for all kinds of values.</summary>
public sealed class UInt256Tests
{
    private static readonly BigInteger Limit = BigInteger.One << 256;

    // Random words rarely meet a carry: words of zeros and ones do.
    private static readonly Gen<ulong> Limb = Gen.OneOf(
        Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue), Gen.ULong[0, 3]);

    private static readonly Gen<UInt256> Any =
        Gen.Select(Limb, Limb, Limb, Limb, (a, b, c, d) => new UInt256(a, b, c, d));

    [Fact]
    public void Sums_differences_and_products_are_exact_or_refused() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        var (x, y) = (a.ToBigInteger(), b.ToBigInteger());
        AssertResult(x + y, UInt256.TryAdd(a, b, out var sum), sum, () => a + b);
        AssertResult(x - y, UInt256.TrySubtract(a, b, out var difference), difference, () => a - b);
        AssertResult(x * y, UInt256.TryMultiply(a, b, out var product), product, () => a * b);
    });

    [Fact]
    public void Quotients_remainders_and_order_are_those_of_big_integers() => Gen.Select(Any, Any).Sample((a, b) =>
    {
        var (x, y) = (a.ToBigInteger(), b.ToBigInteger());
        Assert.Equal(x.CompareTo(y), a.CompareTo(b));
        Assert.Equal(x == y, a == b);
        Assert.Equal(x < y, a < b);
        Assert.Equal(BigInteger.Min(x, y), UInt256.Min(a, b).ToBigInteger());
        if (b.IsZero)
        {
            Assert.Throws<DivideByZeroException>(() => a / b);
            return;
        }

        Assert.Equal(x / y, (a / b).ToBigInteger());
        Assert.Equal(x % y, (a % b).ToBigInteger());
    });

    [Fact]
    public void Every_text_and_byte_form_is_read_back() => Any.Sample(a =>
    {
        var bytes = new byte[32];
        a.WriteBigEndian(bytes);
        Assert.Equal(a, UInt256.FromBigEndian(bytes));
        Assert.Equal(a, UInt256.Parse(a.ToString()));
        Assert.Equal(a, UInt256.Parse(a.ToQuantity()));
        Assert.Equal(a.ToBigInteger().ToString(CultureInfo.InvariantCulture), a.ToString());
        Assert.Equal(a, UInt256.FromBigInteger(a.ToBigInteger()));
    });

    [Theory]
    [InlineData("0", "0x0")]
    [InlineData("15", "0xf")]
    [InlineData("18446744073709551616", "0x10000000000000000")]
    public void A_quantity_has_no_leading_zeros(string value, string quantity) =>
        Assert.Equal(quantity, UInt256.Parse(value).ToQuantity());

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("0x")]
    [InlineData("0xg")]
    [InlineData("1,000")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    public void What_is_no_number_of_256_bits_is_refused(string? text) => Assert.False(UInt256.TryParse(text, out _));

    [Theory]
    [InlineData("1.5 AIT", "1500000000000000000")]
    [InlineData("1.5", "1500000000000000000")]
    [InlineData("0.000000000000000001", "1")]
    [InlineData("1500 atto", "1500")]
    [InlineData("0", "0")]
    public void An_amount_is_read_exactly(string text, string atto) =>
        Assert.Equal(UInt256.Parse(atto), Amount.Parse(text).Atto);

    [Theory]
    [InlineData("0.0000000000000000001")]
    [InlineData("1.5 atto")]
    [InlineData("-1")]
    [InlineData("1 USD")]
    [InlineData("1.2.3")]
    [InlineData(".5")]
    [InlineData("1.")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("115792089237316195423570985008687907853269984665640564039458")]
    public void An_amount_is_never_rounded_or_guessed(string text) => Assert.False(Amount.TryParse(text, out _));

    [Fact]
    public void Every_amount_is_read_as_it_is_written() => Any.Sample(a =>
        Assert.Equal(a, Amount.Parse(Amount.FromAtto(a).ToString()).Atto));

    private static void AssertResult(BigInteger expected, bool fits, UInt256 result, Func<UInt256> checkedForm)
    {
        Assert.Equal(expected.Sign >= 0 && expected < Limit, fits);
        if (!fits)
        {
            Assert.Throws<OverflowException>(() => checkedForm());
            return;
        }

        Assert.Equal(expected, result.ToBigInteger());
        Assert.Equal(result, checkedForm());
    }
}
