using System.Security.Cryptography;
using NSec.Cryptography;

namespace Aitbc.Wallet.Keys;

/// <summary>
/// The vault's random key. It lives in libsodium's guarded memory from the start to the end of the process, and every
/// secret has a key derived from it: so a signature costs no Argon2id, and no private key stays decrypted in between.
/// </summary>
internal sealed class MasterKey : IDisposable
{
    public const int Length = 32;
    public const int NonceLength = 24;
    public const int SaltLength = 32;

    private static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;
    private static readonly KeyDerivationAlgorithm Hkdf = KeyDerivationAlgorithm.HkdfSha512;
    private static readonly MacAlgorithm Hmac = MacAlgorithm.HmacSha256;
    private static readonly byte[] SubkeyInfo = "aitbc-wallet/v1/subkey"u8.ToArray();
    private static readonly byte[] LogInfo = "aitbc-wallet/v1/log"u8.ToArray();
    private static readonly byte[] MessageInfo = "aitbc-wallet/v1/messages"u8.ToArray();

    private readonly SharedSecret secret;

    /// <param name="bytes">32 bytes; the caller zeroes them.</param>
    public MasterKey(ReadOnlySpan<byte> bytes) =>
        secret = SharedSecret.Import(bytes, SharedSecretBlobFormat.RawSharedSecret);

    public SealedSecret Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> boundData)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltLength);
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        using var key = Hkdf.DeriveKey(secret, salt, SubkeyInfo, Cipher);
        return new SealedSecret(salt, nonce, Cipher.Encrypt(key, nonce, boundData, plaintext));
    }

    /// <summary>
    /// False if a byte of the ciphertext, its nonce, its salt or the bound data is not what was sealed.
    /// </summary>
    public bool TryOpen(SealedSecret data, ReadOnlySpan<byte> boundData, Span<byte> plaintext)
    {
        if (data.Salt.Length != SaltLength || data.Nonce.Length != NonceLength
            || data.Ciphertext.Length != plaintext.Length + Cipher.TagSize)
        {
            return false;
        }

        using var key = Hkdf.DeriveKey(secret, data.Salt, SubkeyInfo, Cipher);
        return Cipher.Decrypt(key, data.Nonce, boundData, data.Ciphertext, plaintext);
    }

    /// <summary>HMAC-SHA-256 under the key of the signing log: 32 bytes that nobody makes without this key.</summary>
    public byte[] SealLine(ReadOnlySpan<byte> line)
    {
        using var key = Hkdf.DeriveKey(secret, [], LogInfo, Hmac);
        return Hmac.Mac(key, line);
    }

    /// <summary>The secret of an account's messages; the caller zeroes it.</summary>
    /// <param name="salt">Vault and account.</param>
    /// <param name="bytes">32 bytes to be filled.</param>
    public void DeriveMessageSecret(ReadOnlySpan<byte> salt, Span<byte> bytes) =>
        Hkdf.DeriveBytes(secret, salt, MessageInfo, bytes);

    public void Dispose() => secret.Dispose();
}
