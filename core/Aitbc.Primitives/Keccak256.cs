using Org.BouncyCastle.Crypto.Digests;

namespace Aitbc.Primitives;

/// <summary>Keccak-256 as Ethereum uses it (the original padding, not SHA3-256 of FIPS 202).</summary>
public static class Keccak256
{
    [ThreadStatic]
    private static KeccakDigest? digest;

    /// <summary>The hash of the bytes.</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[Hash256.Length];
        Hash(data, hash);
        return Hash256.FromBytes(hash);
    }

    /// <summary>The hash of 32 bytes.</summary>
    public static Hash256 HashWord(Hash256 data)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        data.CopyTo(bytes);
        return Hash(bytes);
    }

    /// <summary>Writes the hash of the bytes into 32 bytes.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var keccak = digest ??= new KeccakDigest(256);
        keccak.BlockUpdate(data);
        keccak.DoFinal(destination);
    }
}
