using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Keys;
using Xunit;

namespace Core.Tests.Keys;

public sealed class HdWalletTests
{
    [Fact]
    public void Every_vector_of_ethers_gives_its_words_its_seed_and_its_keys()
    {
        var cases = Vectors.Load("hdnode");
        Assert.True(cases.Count > 20);
        foreach (var vector in cases)
        {
            var words = vector.Text("mnemonic");
            Assert.Equal(words, Mnemonic.FromEntropy(Hex.Parse(vector.Text("entropy"))));
            Assert.True(Mnemonic.Validate(words));
            var seed = Mnemonic.ToSeed(words, vector.Text("password"));
            Assert.Equal(vector.Text("seed"), Hex.ToHex(seed));
            using var root = HdKey.FromSeed(seed);
            foreach (var node in vector.GetProperty("hdnodes").EnumerateArray())
            {
                using var key = root.Derive(node.Text("path"));
                var bytes = new byte[32];
                key.CopyTo(bytes);
                Assert.Equal(node.Text("privateKey"), Hex.ToHex(bytes));
                Assert.Equal(node.Text("address"), key.Address.ToHex(), ignoreCase: true);
            }
        }
    }

    // BIP-32, test vectors 1 and 2.
    [Theory]
    [InlineData(
        "0x000102030405060708090a0b0c0d0e0f",
        "m/0'/1/2'/2/1000000000",
        "0x471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8")]
    [InlineData(
        "0xfffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a2"
        + "9f9c999693908d8a8784817e7b7875726f6c696663605d5a5754514e4b484542",
        "m/0/2147483647'/1/2147483646'/2",
        "0xbb7d39bdb83ecf58f2fd82b6d918341cbef428661ef01ab97c28a4842125ac23")]
    public void The_vectors_of_bip_32_hold(string seed, string path, string expected)
    {
        using var root = HdKey.FromSeed(Hex.Parse(seed));
        using var key = root.Derive(path);
        var bytes = new byte[32];
        key.CopyTo(bytes);
        Assert.Equal(expected, Hex.ToHex(bytes));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("abandon")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")]
    [InlineData("Abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")]
    [InlineData("abandon  abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon notaword")]
    public void Words_without_a_right_checksum_are_no_mnemonic(string? words) => Assert.False(Mnemonic.Validate(words));

    [Fact]
    public void A_passphrase_that_would_need_normalisation_is_refused_instead_of_giving_other_accounts() =>
        Assert.Throws<ArgumentException>(() => Mnemonic.ToSeed("abandon", "¹teſts²"));

    [Theory]
    [InlineData("")]
    [InlineData("44'/60'")]
    [InlineData("m/")]
    [InlineData("m/-1")]
    [InlineData("m/2147483648")]
    [InlineData("m/0''")]
    [InlineData("m/x")]
    [InlineData("M/0")]
    public void What_is_no_path_is_refused(string path)
    {
        using var root = HdKey.FromSeed(new byte[16]);
        Assert.Throws<FormatException>(() => root.Derive(path));
    }
}
