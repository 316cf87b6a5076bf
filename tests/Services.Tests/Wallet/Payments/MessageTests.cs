using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.X402;
using CsCheck;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>What is signed and read, against values that stock libraries computed.</summary>
public sealed class MessageTests
{
    private const string KeyHex = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly UInt256 Chain = 7777UL;
    private static readonly Address Dead = Address.Parse("0x000000000000000000000000000000000000dEaD");

    [Fact]
    public void A_transfer_hashes_and_signs_as_stock_libraries_do()
    {
        using var key = PrivateKey.FromBytes(Hex.Parse(KeyHex));
        var domain = TokenMessages.Domain(Chain) with { Name = "Test USD", Version = "2" };
        var nonce = Hash256.Parse("0x" + string.Concat(Enumerable.Repeat("11", 32)));
        var digest = TokenMessages.Transfer(
            domain, new TokenAuthorization(key.Address, Dead, 10_000, 0, 1_893_456_000, nonce));
        Assert.Equal("0xd22d3b90d7481cd1b0da25c9896d96629300599beb483cc485f7c17bb9c6bb6b", digest.ToHex());
        Assert.Equal(
            "0x33a74e79b983bfb563bfe792db1cf6d87446a82469a273689a37ffd340c51abc"
            + "3e9beb058e59d467af9cf2fd20be63d4c648924f347f9af4a85e97aa9d97b3ea1b",
            Hex.ToHex(key.Sign(digest).ToBytes65()));
    }

    [Fact]
    public void A_channel_and_its_voucher_hash_and_sign_as_stock_libraries_do()
    {
        using var key = PrivateKey.FromBytes(Hex.Parse(KeyHex));
        var receiver = Address.Parse("0x000000000000000000000000000000000000bEEF");
        var channel = new ChannelConfig(key.Address, key.Address, Dead, receiver, 900, default).IdOn(Chain);
        Assert.Equal("0xbeaa82357db405f246791e2460844875aef8881be29abb6e533d0979f5e746a7", channel.ToHex());
        var digest = ChannelMessages.Voucher(Chain, channel, 1_000);
        Assert.Equal("0x4afecd1bd0ae452e41ba18652c9f123feeddea473c67daa5b755143464444e7f", digest.ToHex());
        Assert.Equal(
            "0x2dca9acff4e20bd2985ff9d59258dc58156d2df3e4edf827471f6903643da21b"
            + "070e6b2223b86b18a065896d5d2bdaf5fd9814873abcffc80c377fcc8c5c9d301b",
            Hex.ToHex(key.Sign(digest).ToBytes65()));
    }

    [Fact]
    public void Types_hash_as_the_contracts_say()
    {
        var types = new (string Type, string Hash)[]
        {
            ("Voucher(bytes32 channelId,uint128 maxClaimableAmount)",
                "0x1e1bd6ff84c3e0d9029a292b212e039c0ca97ec497c55191a4a5874294609a69"),
            ("CancelAuthorization(address authorizer,bytes32 nonce)",
                "0x158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429"),
        };
        Assert.All(types, t => Assert.Equal(t.Hash, Eip712Type.Parse(t.Type).TypeHash.ToHex()));
    }

    [Fact]
    public void Whatever_a_server_sends_is_read_or_refused_and_never_throws()
    {
        const string Good = """
            {"x402Version":2,"error":"e","resource":{"url":"http://x/"},"accepts":[{"scheme":"exact",
            "network":"eip155:7777","amount":"10","asset":"0x0000000000000000000000000000000000001001",
            "payTo":"0x000000000000000000000000000000000000dEaD","maxTimeoutSeconds":60,
            "extra":{"name":"AIT","version":"1","minDeposit":"7","withdrawDelay":900}}]}
            """;
        Assert.True(X402Codec.TryReadRequired(Base64(Good), out var read, out _));
        Assert.Equal((UInt256)7UL, Assert.Single(read.Offers).ExtraAmount("minDeposit"));
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 12], Gen.String[0, 4]).Array[1, 6].Sample(changes =>
        {
            var text = new StringBuilder(Good);
            foreach (var (at, length, put) in changes)
                text.Remove(Math.Min(at, text.Length), Math.Min(length, text.Length - Math.Min(at, text.Length)))
                    .Insert(Math.Min(at, text.Length), put);
            if (X402Codec.TryReadRequired(Base64(text.ToString()), out var required, out _))
                Assert.All(required.Offers, o => Assert.True(o.MaxTimeoutSeconds > 0));
            X402Codec.ReadResponse(Base64(text.ToString()));
        });
    }

    [Theory]
    [InlineData("{\"x402Version\":2,\"accepts\":[{\"scheme\":\"\\ud800\"}]}")]
    [InlineData("{\"x402Version\":2,\"x402Version\":2,\"accepts\":[{}]}")]
    [InlineData("{\"x402Version\":1,\"accepts\":[{}]}")]
    [InlineData("{\"x402Version\":2,\"accepts\":{}}")]
    public void Half_characters_repeated_members_and_other_versions_are_refused(string json)
    {
        Assert.False(X402Codec.TryReadRequired(Base64(json), out _, out var fault));
        Assert.NotEmpty(fault);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
