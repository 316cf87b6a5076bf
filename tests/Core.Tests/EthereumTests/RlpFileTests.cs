using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.EthereumTests;

/// <summary>RLPTests of ethereum/tests, in full.</summary>
public sealed class RlpFileTests
{
    private static readonly IReadOnlyList<JsonElement> Cases = Vectors.Load("ethereum-tests-rlp");

    [Fact]
    public void Every_valid_case_is_written_to_the_byte_and_read_back()
    {
        var cases = Cases.Where(c => !IsText(c, "INVALID")).ToList();
        Assert.Equal(29, cases.Count);
        foreach (var vector in cases)
        {
            var bytes = Bytes(vector);
            var again = new RlpWriter();
            var reader = new RlpReader(bytes);
            Copy(ref reader, again);
            reader.EnsureEnd();
            Assert.Equal(bytes, again.ToArray());
            // The random case has bytes only.
            if (IsText(vector, "VALID"))
                continue;
            var written = new RlpWriter();
            Write(written, vector.GetProperty("in"));
            Assert.Equal(Hex.ToHex(bytes), Hex.ToHex(written.Written));
        }
    }

    [Fact]
    public void Every_invalid_case_is_refused()
    {
        var cases = Cases.Where(c => IsText(c, "INVALID")).ToList();
        Assert.Equal(17, cases.Count);
        Assert.All(cases, vector => Assert.Throws<RlpException>(() =>
        {
            var reader = new RlpReader(Bytes(vector));
            Copy(ref reader, new RlpWriter());
            reader.EnsureEnd();
        }));
    }

    private static bool IsText(JsonElement vector, string text) =>
        vector.GetProperty("in") is { ValueKind: JsonValueKind.String } value && value.GetString() == text;

    private static byte[] Bytes(JsonElement vector) => Hex.Parse("0x" + vector.Text("out"));

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
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                var list = writer.StartList();
                foreach (var item in value.EnumerateArray())
                    Write(writer, item);
                writer.EndList(list);
                break;
            case JsonValueKind.Number:
                writer.Write(value.GetUInt64());
                break;
            case var _ when value.GetString() is ['#', .. var digits]:
                writer.Write(BigInteger.Parse(digits, CultureInfo.InvariantCulture).ToByteArray(true, true));
                break;
            default:
                writer.Write(Encoding.ASCII.GetBytes(value.GetString()!));
                break;
        }
    }
}
