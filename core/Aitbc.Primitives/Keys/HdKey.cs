using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Primitives.Keys;

/// <summary>A private node of a BIP-32 tree: key and chain code. Disposing zeroes both.</summary>
public sealed class HdKey : IDisposable
{
    private const uint Hardened = 0x8000_0000;
    private const int HalfLength = 32;
    private const int DeepestPath = 255;
    private readonly byte[] key;
    private readonly byte[] chainCode;

    private HdKey(ReadOnlySpan<byte> both)
    {
        key = both[..HalfLength].ToArray();
        chainCode = both[HalfLength..].ToArray();
    }

    /// <summary>The root of a seed of 16 to 64 bytes (BIP-32, "Master key generation").</summary>
    /// <exception cref="ArgumentException">Another length, or one of the seeds (1 in 2^127) that have no
    /// root.</exception>
    public static HdKey FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < 16 or > 64)
            throw new ArgumentException("A seed has 16 to 64 bytes.", nameof(seed));
        Span<byte> both = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData("Bitcoin seed"u8, seed, both);
        var number = new BigInteger(both[..HalfLength], isUnsigned: true, isBigEndian: true);
        if (number.IsZero || number >= Secp256k1.Order.ToBigInteger())
            throw new ArgumentException("This seed has no root key.", nameof(seed));
        var root = new HdKey(both);
        CryptographicOperations.ZeroMemory(both);
        return root;
    }

    /// <summary>The private key at a path such as <c>m/44'/60'/0'/0/0</c>; ' marks a hardened index.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    public PrivateKey Derive(string path)
    {
        using var node = DeriveNode(path);
        return PrivateKey.FromBytes(node.key);
    }

    /// <summary>The node at a path, for deriving several keys below it.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    public HdKey DeriveNode(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var steps = path.Split('/');
        if (steps[0] != "m" || steps.Length > DeepestPath + 1)
            throw new FormatException("A path starts with m and has at most 255 steps.");
        var node = new HdKey([.. key, .. chainCode]);
        foreach (var step in steps.AsSpan(1))
        {
            var child = node.Child(ParseIndex(step));
            node.Dispose();
            node = child;
        }

        return node;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(chainCode);
    }

    private static uint ParseIndex(string step)
    {
        var hardened = step.EndsWith('\'');
        var digits = hardened ? step[..^1] : step;
        return uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < Hardened
            ? index | (hardened ? Hardened : 0)
            : throw new FormatException("A step of a path is a number below 2^31, hardened ones with ' after it.");
    }

    // BIP-32, "Private parent key to private child key".
    private HdKey Child(uint index)
    {
        Span<byte> data = stackalloc byte[37];
        data.Clear();
        if (index >= Hardened)
            key.CopyTo(data[1..]);
        else
            CompressedPublicKey().CopyTo(data);
        BinaryPrimitives.WriteUInt32BigEndian(data[33..], index);
        Span<byte> both = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(chainCode, data, both);
        var order = Secp256k1.Order.ToBigInteger();
        var left = new BigInteger(both[..HalfLength], isUnsigned: true, isBigEndian: true);
        var sum = (left + new BigInteger(key, isUnsigned: true, isBigEndian: true)) % order;
        if (left >= order || sum.IsZero)
            throw new InvalidOperationException($"The index {index} has no key here; use the next (BIP-32).");
        UInt256.FromBigInteger(sum).WriteBigEndian(both[..HalfLength]);
        var child = new HdKey(both);
        CryptographicOperations.ZeroMemory(both);
        CryptographicOperations.ZeroMemory(data);
        return child;
    }

    private byte[] CompressedPublicKey()
    {
        using var pair = PrivateKey.FromBytes(key);
        return pair.CompressedPublicKey();
    }
}
