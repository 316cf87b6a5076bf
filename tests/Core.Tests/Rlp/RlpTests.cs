using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using CsCheck;
using Xunit;

namespace Core.Tests.Rlp;

/// <summary>One value has one encoding (specs/encoding.md).</summary>
public sealed class RlpTests
{
    [Fact]
    public void Every_vector_of_ethers_is_written_and_read_to_the_byte()
    {
        var cases = Vectors.Load("rlp");
        Assert.True(cases.Count > 50);
        foreach (var vector in cases)
        {
            var writer = new RlpWriter();
            Write(writer, vector.GetProperty("decoded"));
            Assert.Equal(vector.Text("encoded"), Hex.ToHex(writer.Written));
            var reader = new RlpReader(Hex.Parse(vector.Text("encoded")));
            AssertReads(vector.GetProperty("decoded"), ref reader);
            reader.EnsureEnd();
        }
    }

    [Theory]
    [InlineData("0x8100", RlpError.NotCanonical)]
    [InlineData("0x817f", RlpError.NotCanonical)]
    [InlineData("0xb800", RlpError.NotCanonical)]
    [InlineData("0xb837", RlpError.NotCanonical)]
    [InlineData("0xb90038", RlpError.NotCanonical)]
    [InlineData("0xf800", RlpError.NotCanonical)]
    [InlineData("0x", RlpError.Truncated)]
    [InlineData("0x8261", RlpError.Truncated)]
    [InlineData("0xc261", RlpError.Truncated)]
    [InlineData("0xb9", RlpError.Truncated)]
    [InlineData("0xbfffffffffffffffff00", RlpError.Truncated)]
    [InlineData("0xffffffffffffffffff00", RlpError.Truncated)]
    public void Another_encoding_of_a_value_is_refused(string bytes, RlpError error)
    {
        var refusal = Assert.Throws<RlpException>(() =>
        {
            var reader = new RlpReader(Hex.Parse(bytes));
            reader.ReadItem();
        });
        Assert.Equal(error, refusal.Error);
    }

    [Theory]
    [InlineData("0x00", RlpError.LeadingZero)]
    [InlineData("0x820001", RlpError.LeadingZero)]
    [InlineData("0x89010000000000000000", RlpError.WrongLength)]
    [InlineData("0xc0", RlpError.WrongKind)]
    public void An_integer_has_no_leading_zero_and_fits(string bytes, RlpError error)
    {
        var refusal = Assert.Throws<RlpException>(() =>
        {
            var reader = new RlpReader(Hex.Parse(bytes));
            reader.ReadUInt64();
        });
        Assert.Equal(error, refusal.Error);
    }

    [Fact]
    public void Bytes_after_the_last_item_are_refused() => Assert.Throws<RlpException>(() =>
    {
        var reader = new RlpReader([0x01, 0x02]);
        reader.ReadUInt64();
        reader.EnsureEnd();
    });

    [Fact]
    public void Every_integer_is_read_as_it_was_written() => Gen.ULong.Sample(value =>
    {
        var writer = new RlpWriter();
        writer.Write(value);
        writer.Write((UInt256)value * value);
        var reader = new RlpReader(writer.Written);
        Assert.Equal(value, reader.ReadUInt64());
        Assert.Equal((UInt256)value * value, reader.ReadUInt256());
        reader.EnsureEnd();
    });

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_is_read_is_written_the_same() =>
        Gen.Byte.Array[0, 80].Sample(AssertReadOrRefused);

    private static void AssertReadOrRefused(byte[] bytes)
    {
        try
        {
            var reader = new RlpReader(bytes);
            var writer = new RlpWriter();
            while (!reader.IsEnd)
                Copy(ref reader, writer);
            Assert.Equal(bytes, writer.ToArray());
        }
        catch (RlpException)
        {
            // A typed refusal is the other allowed end.
        }
    }

    private static void Copy(ref RlpReader reader, RlpWriter writer)
    {
        if (!reader.NextIsList)
        {
            writer.Write(reader.ReadBytes());
            return;
        }

        var items = reader.ReadList();
        var list = writer.StartList();
        while (!items.IsEnd)
            Copy(ref items, writer);
        writer.EndList(list);
    }

    private static void Write(RlpWriter writer, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            writer.Write(Hex.Parse(value.GetString()!));
            return;
        }

        var list = writer.StartList();
        foreach (var item in value.EnumerateArray())
            Write(writer, item);
        writer.EndList(list);
    }

    private static void AssertReads(JsonElement expected, ref RlpReader reader)
    {
        if (expected.ValueKind != JsonValueKind.Array)
        {
            Assert.Equal(expected.GetString(), Hex.ToHex(reader.ReadBytes()));
            return;
        }

        var items = reader.ReadList();
        foreach (var item in expected.EnumerateArray())
            AssertReads(item, ref items);
        items.EnsureEnd();
    }
}
