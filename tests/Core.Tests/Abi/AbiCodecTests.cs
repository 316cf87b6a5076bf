using System.Numerics;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Abi;

public sealed class AbiCodecTests
{
    [Fact]
    public void Every_vector_of_ethers_is_decoded_to_its_values_and_encoded_to_its_bytes()
    {
        var cases = Vectors.Load("abi");
        Assert.True(cases.Count > 100);
        foreach (var vector in cases)
        {
            var types = AbiType.Parse(vector.Text("types"));
            var bytes = Hex.Parse(vector.Text("encoded"));
            var values = vector.GetProperty("values").EnumerateArray()
                .Select((v, i) => Value(types.Components[i], v)).ToArray();

            Assert.Equal(Show(values), Show(AbiCodec.Decode(types, bytes)));
            Assert.Equal(vector.Text("encoded"), Hex.ToHex(AbiCodec.Encode(types, values)));
        }
    }

    [Fact]
    public void Bytes_after_the_list_are_ignored_and_missing_bytes_are_refused()
    {
        var types = AbiType.Parse("(uint256,bytes)");
        var bytes = AbiCodec.Encode(types, UInt256.One, new byte[] { 1, 2, 3 });

        Assert.Equal(2, AbiCodec.Decode(types, [.. bytes, 9, 9]).Length);
        for (var length = 0; length < bytes.Length - 29; length++)
            Assert.Throws<AbiException>(() => AbiCodec.Decode(types, bytes.AsSpan(0, length)));
    }

    [Theory]
    [InlineData("(bool)", "0000000000000000000000000000000000000000000000000000000000000002")]
    [InlineData("(uint8)", "0000000000000000000000000000000000000000000000000000000000000100")]
    [InlineData("(int8)", "0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("(address)", "0000000000000000000000010000000000000000000000000000000000000000")]
    [InlineData("(bytes4)", "0000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("(bytes)", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("(uint256[])", "0000000000000000000000000000000000000000000000000000000000000000")]
    public void A_word_that_no_encoder_writes_is_refused(string types, string word) =>
        Assert.Throws<AbiException>(() => AbiCodec.Decode(AbiType.Parse(types), Hex.Parse("0x" + word)));

    [Fact]
    public void Offsets_that_share_bytes_cannot_make_a_small_input_large()
    {
        // Sixteen elements that are all the same array of sixteen elements, and so on.
        const int width = 16;
        List<byte> data = [.. Word(32)];
        for (var level = 0; level < 8; level++)
        {
            data.AddRange(Word(width));
            for (var i = 0; i < width; i++)
                data.AddRange(Word(width * 32));
        }

        data.AddRange(Word(0));
        var types = AbiType.Parse("(uint256[][][][][][][][][])");

        Assert.Throws<AbiException>(() => AbiCodec.Decode(types, data.ToArray()));
    }

    [Theory]
    [InlineData("(uint7)")]
    [InlineData("(uint264)")]
    [InlineData("(uint08)")]
    [InlineData("(bytes33)")]
    [InlineData("(bytes0)")]
    [InlineData("(uint256[0])")]
    [InlineData("(uint256[)")]
    [InlineData("(uint256")]
    [InlineData("(())")]
    [InlineData("uint256)")]
    [InlineData("(thing)")]
    [InlineData("((((((((((((((((((((uint256))))))))))))))))))))")]
    public void What_is_no_type_is_refused(string type) => Assert.Throws<AbiException>(() => AbiType.Parse(type));

    [Fact]
    public void Functions_and_events_have_the_selectors_and_topics_of_the_standards()
    {
        Assert.Equal("0xa9059cbb", Hex.ToHex(AbiFunction.Parse("transfer(address to, uint256 amount)").Selector));
        Assert.Equal("0x9e63798d", Hex.ToHex(AbiFunction.Parse("submit(uint256,bytes32,bytes)").Selector));
        Assert.Equal(
            "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
            AbiEvent.Parse("Transfer(address indexed from,address indexed to,uint256 value)").Topic0.ToString());
        var function = AbiFunction.Parse("f(uint256) view returns (uint256, address owner)");
        Assert.Equal("f(uint256)", function.Signature);
        Assert.Equal(2, function.Results.Count);
        Assert.Equal(new object?[] { UInt256.One }, function.DecodeCall(function.EncodeCall(UInt256.One)));
        Assert.Throws<AbiException>(() => function.DecodeCall(new byte[36]));
    }

    [Fact]
    public void Logs_are_encoded_and_decoded_in_declared_order()
    {
        var log = AbiEvent.Parse("JobFunded(uint256 indexed jobId,address indexed client,uint256 amount)");
        object?[] values = [(UInt256)7UL, Address.Parse("0x00000000000000000000000000000000000000c1"), (UInt256)9UL];

        var (topics, data) = log.Encode(values);

        Assert.Equal(3, topics.Count);
        Assert.Equal(32, data.Length);
        Assert.Equal(values, log.TryDecode(topics, data));
        Assert.Null(log.TryDecode([Hash256.Zero, topics[1], topics[2]], data));
        Assert.Throws<AbiException>(() => log.TryDecode([topics[0]], data));
    }

    [Fact]
    public void An_indexed_text_stands_in_a_log_as_its_hash()
    {
        var log = AbiEvent.Parse("MetadataSet(uint256 indexed id,string indexed key,string plainKey,bytes value)");
        object?[] values = [(UInt256)7UL, "agentWallet", "agentWallet", new byte[] { 1, 2 }];

        var (topics, data) = log.Encode(values);

        Assert.Equal(Keccak256.Hash("agentWallet"u8), topics[2]);
        Assert.Equal([values[0], topics[2], values[2], values[3]], log.TryDecode(topics, data)!);
        Assert.Throws<AbiException>(() => AbiEvent.Parse("E(uint256[] indexed list)"));
        Assert.Throws<AbiException>(() => log.Encode((UInt256)7UL, 5, "", Array.Empty<byte>()));
    }

    private static byte[] Word(ulong value)
    {
        var word = new byte[32];
        ((UInt256)value).WriteBigEndian(word);
        return word;
    }

    private static object Value(AbiType type, JsonElement json) => type.Kind switch
    {
        AbiKind.UInt => UInt256.Parse(json.GetString()!),
        AbiKind.Int => Signed(json.GetString()!),
        AbiKind.Bool => json.GetBoolean(),
        AbiKind.Address => Address.Parse(json.GetString()!),
        AbiKind.String => json.GetString()!,
        AbiKind.FixedBytes when type.Size == 32 => Hash256.Parse(json.GetString()!),
        AbiKind.FixedBytes or AbiKind.Bytes => Hex.Parse(json.GetString()!),
        AbiKind.Tuple => json.EnumerateArray().Select((v, i) => Value(type.Components[i], v)).ToArray(),
        _ => json.EnumerateArray().Select(v => Value(type.Element!, v)).ToArray(),
    };

    private static BigInteger Signed(string text) => text.StartsWith('-')
        ? -UInt256.Parse(text[1..]).ToBigInteger()
        : UInt256.Parse(text).ToBigInteger();

    private static string Show(object? value) => value switch
    {
        object?[] items => $"[{string.Join(',', items.Select(Show))}]",
        byte[] bytes => Hex.ToHex(bytes),
        _ => $"{value?.GetType().Name}:{value}",
    };
}
