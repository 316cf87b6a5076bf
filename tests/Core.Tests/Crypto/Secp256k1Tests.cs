using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using CsCheck;
using Xunit;

namespace Core.Tests.Crypto;

/// <summary>libsecp256k1 and BouncyCastle give the same results, and they are those of everybody else.</summary>
public sealed class Secp256k1Tests
{
    private static readonly BouncyCastleBackend Portable = new();
    private static readonly Gen<byte[]> Words = Gen.Byte.Array[32];

    [Fact]
    public void Golden_signatures_of_viem_and_ethers_are_made_by_both_libraries()
    {
        var secret = Hex.Parse("0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        using var key = PrivateKey.FromBytes(secret);
        Assert.Equal("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c", key.Address.ToString());
        var hello = Eip191.HashMessage("hello");
        var authorisation = Hash256.Parse("0xd22d3b90d7481cd1b0da25c9896d96629300599beb483cc485f7c17bb9c6bb6b");
        foreach (var (hash, expected) in new[]
        {
            (hello, "0x0c3324046197fec2336027b2c0931a7b4d5e8fc063e1977b46ab510d6dc493057889019d0e4a07d56babffba4a017a4c"
                + "85c69aae7dcfacdb004e75ed453a46511b"),
            (authorisation, "0x33a74e79b983bfb563bfe792db1cf6d87446a82469a273689a37ffd340c51abc3e9beb058e59d467af9cf2"
                + "fd20be63d4c648924f347f9af4a85e97aa9d97b3ea1b"),
        })
        {
            Assert.Equal(expected, Hex.ToHex(key.Sign(hash).ToBytes65()));
            Assert.Equal(expected, Hex.ToHex(Portable.Sign(secret, hash.ToArray()).ToBytes65()));
        }
    }

    [Fact]
    public void Both_libraries_sign_recover_and_derive_the_same()
    {
        var native = Native();
        Gen.Select(Words, Words).Sample(
            (secret, hash) =>
            {
                Assert.Equal(Portable.IsValidSecret(secret), native.IsValidSecret(secret));
                if (!native.IsValidSecret(secret))
                    return;
                Assert.Equal(KeyOf(Portable, secret), KeyOf(native, secret));
                var signature = native.Sign(secret, hash);
                Assert.True(signature.IsLowS);
                // A digest of the group order or more is reduced by one library only; PrivateKey takes that one.
                if (UInt256.FromBigEndian(hash) < Secp256k1.Order)
                    Assert.Equal(signature, Portable.Sign(secret, hash));
                AssertRecoverSame(native, hash, signature);
                AssertRecoverSame(native, hash, signature with { YParity = (byte)(1 - signature.YParity) });
            },
            iter: 60);
    }

    [Fact]
    public void Both_libraries_agree_on_signatures_that_nobody_made()
    {
        var native = Native();
        Gen.Select(Words, Words, Words, Gen.Bool).Sample(
            (hash, r, s, odd) =>
            {
                var signature = new Signature(Hash256.FromBytes(r), Hash256.FromBytes(s), (byte)(odd ? 1 : 0));
                if (signature.IsInRange)
                    AssertRecoverSame(native, hash, signature);
            },
            iter: 60);
    }

    [Fact]
    public void The_ends_of_the_range_of_secrets_are_judged_alike()
    {
        var native = Native();
        foreach (var value in new[]
        {
            UInt256.Zero, UInt256.One, Secp256k1.Order - 1, Secp256k1.Order, Secp256k1.Order + 1, UInt256.MaxValue,
        })
        {
            var secret = new byte[32];
            value.WriteBigEndian(secret);
            var valid = !value.IsZero && value < Secp256k1.Order;
            Assert.Equal((valid, valid), (native.IsValidSecret(secret), Portable.IsValidSecret(secret)));
            if (valid)
                Assert.Equal(KeyOf(Portable, secret), KeyOf(native, secret));
        }
    }

    [Fact]
    public void A_digest_beyond_the_group_order_is_signed_as_by_rfc_6979()
    {
        var secret = Hex.Parse("0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
        using var key = PrivateKey.FromBytes(secret);
        var hash = Hash256.FromUInt256(UInt256.MaxValue);
        Assert.Equal(Portable.Sign(secret, hash.ToArray()), key.Sign(hash));
    }

    [Theory]
    [InlineData(26)]
    [InlineData(29)]
    [InlineData(0)]
    [InlineData(1)]
    public void A_recovery_byte_other_than_27_and_28_is_refused(byte v)
    {
        var bytes = new byte[65];
        bytes[31] = bytes[63] = 1;
        bytes[64] = 27;
        Assert.True(Signature.TryParse65(bytes, out _));
        bytes[64] = v;
        Assert.False(Signature.TryParse65(bytes, out _));
    }

    [Fact]
    public void A_key_never_prints_itself_and_signs_nothing_after_its_disposal()
    {
        var key = PrivateKey.FromBytes(Enumerable.Repeat((byte)0x5a, 32).ToArray());
        Assert.DoesNotContain("5a5a", key.ToString(), StringComparison.OrdinalIgnoreCase);
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(Hash256.Zero));
        Assert.Throws<ObjectDisposedException>(() => key.CopyTo(new byte[32]));
    }

    private static LibSecp256k1Backend Native()
    {
        var reason = "libsecp256k1 is not on this system (Debian: libsecp256k1-1).";
        if (Environment.GetEnvironmentVariable("AITBC_CI") == "1")
            Assert.True(LibSecp256k1Backend.IsAvailable, reason);
        Assert.SkipUnless(LibSecp256k1Backend.IsAvailable, reason);
        return new LibSecp256k1Backend();
    }

    private static string KeyOf(ISecp256k1Backend backend, byte[] secret)
    {
        var key = new byte[64];
        backend.PublicKey(secret, key);
        return Hex.ToHex(key);
    }

    private static void AssertRecoverSame(LibSecp256k1Backend native, byte[] hash, Signature signature)
    {
        byte[] first = new byte[64], second = new byte[64];
        Assert.Equal(native.TryRecover(hash, signature, first), Portable.TryRecover(hash, signature, second));
        Assert.Equal(first, second);
    }
}
