using System.Security.Cryptography;

namespace Aitbc.Primitives.Crypto;

/// <summary>A secp256k1 secret key. Its bytes are zeroed on <see cref="Dispose"/>; it never prints itself.</summary>
public sealed class PrivateKey : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private static readonly BouncyCastleBackend Portable = new();
    private readonly byte[] secret;
    private readonly byte[] publicKey = new byte[64];
    private bool disposed;

    private PrivateKey(ReadOnlySpan<byte> bytes)
    {
        // Pinned, so that the collector leaves no copies behind.
        secret = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        bytes.CopyTo(secret);
        Secp256k1.Active.PublicKey(secret, publicKey);
        Address = Address.FromPublicKey(publicKey);
    }

    /// <summary>The account of this key.</summary>
    public Address Address { get; }

    /// <summary>The uncompressed public key without its prefix: x ‖ y, 64 bytes.</summary>
    public ReadOnlyMemory<byte> PublicKey => publicKey;

    /// <summary>The compressed public key, 33 bytes.</summary>
    public byte[] CompressedPublicKey()
    {
        var bytes = new byte[33];
        bytes[0] = (byte)(2 + (publicKey[63] & 1));
        publicKey.AsSpan(0, 32).CopyTo(bytes.AsSpan(1));
        return bytes;
    }

    /// <summary>Takes a copy of 32 bytes that are a number in 1..n-1.</summary>
    /// <exception cref="ArgumentException">Not such a number.</exception>
    public static PrivateKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length || !Secp256k1.Active.IsValidSecret(bytes))
            throw new ArgumentException(
                "A secret key is 32 bytes, above zero and below the group order.", nameof(bytes));
        return new PrivateKey(bytes);
    }

    /// <summary>Signs a hash with the nonce of RFC 6979 (HMAC-SHA-256); s is low.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public Signature Sign(Hash256 hash)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        Span<byte> digest = stackalloc byte[Hash256.Length];
        hash.CopyTo(digest);
        // libsecp256k1 does not reduce a digest of n or more before deriving the nonce, RFC 6979 section 2.3.4 does.
        var backend = hash.ToUInt256() >= Secp256k1.Order ? Portable : Secp256k1.Active;
        return backend.Sign(secret, digest);
    }

    /// <summary>Writes the 32 secret bytes: for encryption at rest and key derivation only.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public void CopyTo(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        secret.CopyTo(destination);
    }

    /// <summary>Zeroes the secret.</summary>
    public void Dispose()
    {
        disposed = true;
        CryptographicOperations.ZeroMemory(secret);
    }

    /// <summary>Names the account, never the secret.</summary>
    public override string ToString() => $"private key of {Address}";
}
