using NSec.Cryptography;

namespace Aitbc.Primitives.Crypto;

/// <summary>
/// Bytes that only the holder of an X25519 key (RFC 7748) can read: a shared secret with a key that is used once,
/// HKDF-SHA-256 (RFC 5869), XChaCha20-Poly1305, all through NSec (specs/market/messages.md, Encryption). It makes no
/// random numbers: the caller gives them.
/// </summary>
public static class SealedBox
{
    /// <summary>Length of a secret and of a public key in bytes.</summary>
    public const int KeyLength = 32;

    /// <summary>Length of the nonce, with which a sealed text begins, in bytes.</summary>
    public const int NonceLength = 24;

    /// <summary>By how many bytes a sealed text is longer than what is in it: nonce and tag.</summary>
    public const int Overhead = NonceLength + 16;

    private static readonly KeyAgreementAlgorithm Agreement = KeyAgreementAlgorithm.X25519;
    private static readonly KeyDerivationAlgorithm Derivation = KeyDerivationAlgorithm.HkdfSha256;
    private static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;
    private static readonly byte[] Info = "aitbc/message/v1"u8.ToArray();

    /// <summary>The public key of a secret of 32 random bytes.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> secret)
    {
        using var key = Import(secret);
        return key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>Seals bytes for a receiver.</summary>
    /// <param name="receiverKey">The receiver's public key, 32 bytes.</param>
    /// <param name="senderSecret">32 random bytes that are used for this text alone. The caller zeroes them.</param>
    /// <param name="nonce">24 random bytes.</param>
    /// <param name="boundData">What the text belongs to: with other bytes it does not open.</param>
    /// <param name="plaintext">What is sealed.</param>
    /// <returns>Nonce, ciphertext and tag; null if the receiver's key is none that anybody could hold.</returns>
    /// <exception cref="ArgumentException">Secret or nonce have another length.</exception>
    public static byte[]? TrySeal(
        ReadOnlySpan<byte> receiverKey,
        ReadOnlySpan<byte> senderSecret,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> boundData,
        ReadOnlySpan<byte> plaintext)
    {
        if (nonce.Length != NonceLength)
            throw new ArgumentException($"A nonce has {NonceLength} bytes.", nameof(nonce));
        using var sender = Import(senderSecret);
        using var key = TryAgree(
            sender, receiverKey, [.. sender.PublicKey.Export(KeyBlobFormat.RawPublicKey), .. receiverKey]);
        return key is null ? null : [.. nonce, .. Cipher.Encrypt(key, nonce, boundData, plaintext)];
    }

    /// <summary>Opens what was sealed for a key.</summary>
    /// <param name="receiverSecret">The receiver's secret, 32 bytes.</param>
    /// <param name="senderKey">Public key of the secret that was used once.</param>
    /// <param name="boundData">As it was when it was sealed.</param>
    /// <param name="sealedText">Nonce, ciphertext and tag.</param>
    /// <returns>What is in it; null if a bit of anything is another.</returns>
    /// <exception cref="ArgumentException">The secret has another length.</exception>
    public static byte[]? TryOpen(
        ReadOnlySpan<byte> receiverSecret,
        ReadOnlySpan<byte> senderKey,
        ReadOnlySpan<byte> boundData,
        ReadOnlySpan<byte> sealedText)
    {
        if (sealedText.Length < Overhead)
            return null;
        using var receiver = Import(receiverSecret);
        using var key = TryAgree(
            receiver, senderKey, [.. senderKey, .. receiver.PublicKey.Export(KeyBlobFormat.RawPublicKey)]);
        return key is null
            ? null
            : Cipher.Decrypt(key, sealedText[..NonceLength], boundData, sealedText[NonceLength..]);
    }

    // Both public keys are in the salt, as they were written: of a key that has several spellings each gives another.
    private static Key? TryAgree(Key own, ReadOnlySpan<byte> other, byte[] salt)
    {
        if (other.Length != KeyLength
            || !PublicKey.TryImport(Agreement, other, KeyBlobFormat.RawPublicKey, out var publicKey)
            || publicKey is null)
        {
            return null;
        }

        // Null for a point of low order, with which anybody would have the same secret.
        using var shared = Agreement.Agree(own, publicKey);
        return shared is null ? null : Derivation.DeriveKey(shared, salt, Info, Cipher);
    }

    private static Key Import(ReadOnlySpan<byte> secret) => secret.Length == KeyLength
        ? Key.Import(Agreement, secret, KeyBlobFormat.RawPrivateKey)
        : throw new ArgumentException($"A secret has {KeyLength} bytes.", nameof(secret));
}
