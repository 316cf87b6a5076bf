using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Keys;
using Xunit;

namespace Core.Tests.EthereumTests;

/// <summary>Web3 Secret Storage against the official vectors, and what it refuses.</summary>
public sealed class KeystoreFileTests
{
    [Fact]
    public void Every_vector_opens_with_its_password_and_gives_its_key()
    {
        var cases = Vectors.Load("ethereum-tests-keystore");
        Assert.Equal(4, cases.Count);
        foreach (var c in cases)
        {
            using var key = KeystoreV3.Decrypt(
                Encoding.UTF8.GetBytes(c.GetProperty("json").GetRawText()), c.GetProperty("password").GetString()!);
            using var expected = PrivateKey.FromBytes(Convert.FromHexString(c.GetProperty("priv").GetString()!));
            Assert.Equal(expected.Address, key.Address);
        }
    }

    [Fact]
    public void A_wrong_password_and_a_changed_file_are_told_apart_from_other_files()
    {
        var json = First();
        Assert.Throws<CryptographicException>(() => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(json), "wrong"));
        var changed = json.Replace("5318b4d5", "5318b4d6", StringComparison.Ordinal);
        Assert.Throws<CryptographicException>(
            () => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(changed), "testpassword"));
        string[] others = ["", "{}", "[]", "{\"version\":1}", "{\"version\":3,\"crypto\":{}}", "nonsense"];
        foreach (var other in others)
            Assert.Throws<FormatException>(() => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(other), "x"));
    }

    [Theory]
    [InlineData("262144", "2147483647")]
    [InlineData("262144", "0")]
    [InlineData("262144", "-1")]
    public void A_file_that_asks_for_too_much_work_is_refused_without_doing_it(string rounds, string other)
    {
        var json = First().Replace(rounds, other, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => KeystoreV3.Decrypt(Encoding.UTF8.GetBytes(json), "testpassword"));
    }

    [Fact]
    public void What_is_written_is_read_again_by_its_password_only()
    {
        using var key = PrivateKey.FromBytes(Convert.FromHexString(new string('7', 64)));
        var json = KeystoreV3.Encrypt(key, "päss", new byte[32], new byte[16], Guid.Empty);
        using var again = KeystoreV3.Decrypt(json, "päss");
        Assert.Equal(key.Address, again.Address);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(key.Address.ToHex()[2..], document.RootElement.GetProperty("address").GetString());
        Assert.Throws<CryptographicException>(() => KeystoreV3.Decrypt(json, "pass"));
    }

    private static string First() => Vectors.Load("ethereum-tests-keystore")[0].GetProperty("json").GetRawText();
}
