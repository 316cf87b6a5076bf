using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests;

public sealed class AddressTests
{
    [Fact]
    public void Every_account_of_ethers_has_its_address_and_checksum()
    {
        var cases = Vectors.Load("accounts");
        Assert.True(cases.Count > 200);
        foreach (var vector in cases)
        {
            var address = Address.Parse(vector.Text("address"));
            Assert.Equal(vector.Text("checksumAddress"), address.ToString());
            if (!vector.TryGetProperty("privateKey", out var secret))
                continue;
            using var key = PrivateKey.FromBytes(Hex.Parse(secret.GetString()!));
            Assert.Equal(address, key.Address);
        }
    }

    [Theory]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359")]
    [InlineData("0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB")]
    [InlineData("0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb")]
    public void A_checksum_is_written_as_eip_55_does_and_a_wrong_one_is_refused(string text)
    {
        Assert.Equal(text, Address.Parse(text.ToLowerInvariant()).ToString());
        Assert.Equal(text, Address.Parse("0x" + text[2..].ToUpperInvariant()).ToString());
        var letter = text.AsSpan(2).IndexOfAnyInRange('a', 'f') + 2;
        var wrong = text[..letter] + char.ToUpperInvariant(text[letter]) + text[(letter + 1)..];
        Assert.False(Address.TryParse(wrong, out _));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed00")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed0")]
    [InlineData("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg")]
    [InlineData(" 0x5aaeb6053f3e94c9b9a09f33669435e7ef1bea ")]
    public void What_is_no_address_is_refused(string? text) => Assert.False(Address.TryParse(text, out _));

    [Fact]
    public void Keccak_256_gives_the_hashes_of_ethers()
    {
        var cases = Vectors.Load("hashes");
        Assert.True(cases.Count > 100);
        foreach (var vector in cases)
            Assert.Equal(vector.Text("keccak256"), Keccak256.Hash(Hex.Parse(vector.Text("data"))).ToString());
    }

    [Fact]
    public void A_job_id_is_the_hash_of_the_client_and_the_hash_of_the_key()
    {
        var client = Address.Parse("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        var key = Keccak256.Hash("order-1"u8);
        Assert.Equal(key, JobId.ClientKey("order-1"));
        Assert.Equal(Keccak256.Hash([.. client.ToArray(), .. key.ToArray()]), JobId.Derive(client, "order-1"));
        foreach (var bad in new[] { "", "a b", "é", "\n", new string('x', 65) })
            Assert.Throws<ArgumentException>(() => JobId.Derive(client, bad));
    }
}
