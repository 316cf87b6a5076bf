using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;
using Xunit;

namespace Core.Tests.TypedData;

public sealed class Eip712Tests
{
    [Fact]
    public void Every_vector_of_ethers_has_its_digest()
    {
        var cases = Vectors.Load("eip712");
        Assert.True(cases.Count > 100);
        foreach (var vector in cases)
        {
            var data = new JsonObject
            {
                ["types"] = JsonNode.Parse(vector.GetProperty("types").GetRawText()),
                ["primaryType"] = vector.Text("primaryType"),
                ["domain"] = JsonNode.Parse(vector.GetProperty("domain").GetRawText()),
                ["message"] = JsonNode.Parse(vector.GetProperty("data").GetRawText()),
            };
            Assert.Equal(vector.Text("digest"), Eip712.HashTypedData(data.ToJsonString()).ToString());
        }
    }

    [Fact]
    public void The_typed_door_gives_the_golden_values_of_viem_and_ethers()
    {
        var domain = new Eip712Domain
        {
            Name = "Test USD",
            Version = "2",
            ChainId = 7777UL,
            VerifyingContract = Address.Parse("0x0000000000000000000000000000000000001001"),
        };
        var type = Eip712Type.Parse(
            "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
            + "bytes32 nonce)");
        Assert.Equal(
            "0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267", type.TypeHash.ToString());
        Assert.Equal(
            "0xf6a0b29551d3407c267b63967217e51543c18c00803a2b3fafd9612009110d96", domain.Separator().ToString());
        var hash = type.HashStruct(
            Address.Parse("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c"),
            Address.Parse("0x000000000000000000000000000000000000dEaD"),
            (UInt256)10_000UL,
            (UInt256)0UL,
            (UInt256)1_893_456_000UL,
            Hash256.Parse("0x1111111111111111111111111111111111111111111111111111111111111111"));
        Assert.Equal("0x45b99bc832ecc9172dd7e9305087b13ed34e0043efe03c0dfa124de538a14c10", hash.ToString());
        Assert.Equal(
            "0xd22d3b90d7481cd1b0da25c9896d96629300599beb483cc485f7c17bb9c6bb6b",
            Eip712.Digest(domain, hash).ToString());
    }

    [Fact]
    public void The_mail_of_the_eip_has_its_digest()
    {
        const string mail = """
            {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},
            {"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
            "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
            "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
            "primaryType":"Mail","domain":{"name":"Ether Mail","version":"1","chainId":1,
            "verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
            "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
            """;
        Assert.Equal(
            "0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2",
            Eip712.HashTypedData(mail).ToString());
    }

    [Theory]
    [InlineData("uint8", "256")]
    [InlineData("uint8", "-1")]
    [InlineData("int8", "128")]
    [InlineData("uint256", "1.5")]
    [InlineData("uint256", "\"\"")]
    [InlineData("uint", "1")]
    [InlineData("bool", "1")]
    [InlineData("address", "\"0x01\"")]
    [InlineData("bytes4", "\"0x010203\"")]
    [InlineData("bytes", "\"hello\"")]
    [InlineData("string", "7")]
    [InlineData("string", "null")]
    [InlineData("uint8[2]", "[1]")]
    [InlineData("uint8[]", "1")]
    [InlineData("Nothing", "{}")]
    public void A_value_that_does_not_fit_its_type_is_refused(string type, string value)
    {
        var json = $"{{\"types\":{{\"A\":[{{\"name\":\"x\",\"type\":\"{type}\"}}]}},\"primaryType\":\"A\","
            + $"\"domain\":{{\"name\":\"d\"}},\"message\":{{\"x\":{value}}}}}";
        Assert.ThrowsAny<FormatException>(() => Eip712.HashTypedData(json));
    }

    [Fact]
    public void A_struct_type_with_other_values_than_it_has_members_is_refused()
    {
        var type = Eip712Type.Parse("A(uint256 x,string[] y)");
        type.HashStruct(UInt256.One, new object?[] { "a", "b" });
        Assert.Throws<AbiException>(() => type.HashStruct(UInt256.One));
        Assert.Throws<AbiException>(() => type.HashStruct(UInt256.One, "a"));
        Assert.Throws<AbiException>(() => Eip712Type.Parse("A(uint256)"));
    }

    [Fact]
    public void Messages_of_eip_191_count_bytes_and_not_characters()
    {
        Assert.Equal(Eip191.HashMessage("é"), Eip191.HashMessage(new byte[] { 0xc3, 0xa9 }));
        Assert.Equal(
            "0x50b2c43fd39106bafbba0da34fc430e1f91e3c96ea2acee2bc34119f92b37750",
            Eip191.HashMessage("hello").ToString());
    }
}
