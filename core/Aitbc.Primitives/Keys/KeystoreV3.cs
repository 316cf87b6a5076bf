using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Primitives.Crypto;
using NSec.Cryptography;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Aitbc.Primitives.Keys;

/// <summary>
/// Web3 Secret Storage, version 3: one private key under a password, as geth, ethers and other wallets write it
/// (ethereum.org, "Web3 Secret Storage Definition"). The key derivations are bounded: a file asks for no more than
/// <see cref="MostMemory"/> bytes and <see cref="MostRounds"/> rounds.
/// </summary>
public static class KeystoreV3
{
    /// <summary>Memory of scrypt at most, in bytes: 128 N r.</summary>
    public const long MostMemory = 512L * 1024 * 1024;

    /// <summary>Rounds of PBKDF2, and N r p of scrypt, at most.</summary>
    public const long MostRounds = 16L * 1024 * 1024;

    /// <summary>Longest file that is read, in bytes.</summary>
    public const int MostBytes = 16 * 1024;

    private const int KeyLength = 32;
    private const int BlockLength = 16;
    private const int WrittenN = 262_144;

    /// <summary>Reads the key out of a file.</summary>
    /// <exception cref="FormatException">Not such a file, or one that asks for more than the bounds.</exception>
    /// <exception cref="CryptographicException">Another password, or a changed file.</exception>
    public static PrivateKey Decrypt(ReadOnlyMemory<byte> json, string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (json.Length > MostBytes)
            throw new FormatException($"A keystore file has at most {MostBytes} bytes.");
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Decrypt(document.RootElement, password);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException
            or ArgumentException)
        {
            throw new FormatException("Not a Web3 Secret Storage file of version 3.", e);
        }
    }

    /// <summary>Writes a key with scrypt (N 262144, r 8, p 1), as geth does.</summary>
    /// <param name="key">The key.</param>
    /// <param name="password">Any text; it is taken as UTF-8.</param>
    /// <param name="salt">32 random bytes.</param>
    /// <param name="iv">16 random bytes.</param>
    /// <param name="id">A random UUID.</param>
    /// <exception cref="ArgumentException">Salt or iv has another length.</exception>
    public static byte[] Encrypt(
        PrivateKey key, string password, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> iv, Guid id)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(password);
        if (salt.Length != KeyLength || iv.Length != BlockLength)
            throw new ArgumentException("The salt has 32 bytes and the iv 16.");
        var derived = Scrypt(password, salt.ToArray(), WrittenN, 8, 1);
        var secret = new byte[KeyLength];
        try
        {
            key.CopyTo(secret);
            var ciphertext = Ctr(derived.AsSpan(0, BlockLength), iv, secret);
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
                Write(writer, key.Address, id, ciphertext, iv, salt, Mac(derived, ciphertext));
            return buffer.ToArray();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static PrivateKey Decrypt(JsonElement root, string password)
    {
        if (root.GetProperty("version").GetInt32() != 3)
            throw new FormatException("Only version 3 of Web3 Secret Storage is read.");
        var crypto = root.TryGetProperty("crypto", out var lower) ? lower : root.GetProperty("Crypto");
        if (crypto.GetProperty("cipher").GetString() != "aes-128-ctr")
            throw new FormatException("The cipher of the keystore file is not aes-128-ctr.");
        var ciphertext = Bytes(crypto.GetProperty("ciphertext"));
        var iv = Bytes(crypto.GetProperty("cipherparams").GetProperty("iv"));
        if (ciphertext.Length != KeyLength || iv.Length != BlockLength)
            throw new FormatException("The ciphertext has 32 bytes and the iv 16.");
        var derived = Derive(crypto, password);
        byte[]? secret = null;
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Mac(derived, ciphertext), Bytes(crypto.GetProperty("mac"))))
                throw new CryptographicException("The password does not open the keystore file.");
            secret = Ctr(derived.AsSpan(0, BlockLength), iv, ciphertext);
            return PrivateKey.FromBytes(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private static byte[] Derive(JsonElement crypto, string password)
    {
        var p = crypto.GetProperty("kdfparams");
        var salt = Bytes(p.GetProperty("salt"));
        if (p.GetProperty("dklen").GetInt32() != KeyLength)
            throw new FormatException("The derived key of a keystore file has 32 bytes.");
        switch (crypto.GetProperty("kdf").GetString())
        {
            case "scrypt":
                return Scrypt(
                    password, salt, p.GetProperty("n").GetInt32(), p.GetProperty("r").GetInt32(),
                    p.GetProperty("p").GetInt32());
            case "pbkdf2" when p.GetProperty("prf").GetString() == "hmac-sha256":
                var rounds = p.GetProperty("c").GetInt32();
                if (rounds is < 1 or > (int)MostRounds)
                    throw new FormatException($"PBKDF2 with {rounds} rounds is not run.");
                return Rfc2898DeriveBytes.Pbkdf2(
                    System.Text.Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA256, KeyLength);
            default:
                throw new FormatException("The key derivation is neither scrypt nor pbkdf2 with hmac-sha256.");
        }
    }

    private static byte[] Scrypt(string password, byte[] salt, int n, int r, int p)
    {
        if (n < 2 || (n & (n - 1)) != 0 || r < 1 || p < 1 || 128L * n * r > MostMemory
            || (long)n * r * p > MostRounds)
            throw new FormatException($"Scrypt with N {n}, r {r}, p {p} is not run.");
        // libsodium's: BouncyCastle refuses the N of the definition's own vector.
        var algorithm = PasswordBasedKeyDerivationAlgorithm.Scrypt(
            new ScryptParameters { Cost = n, BlockSize = r, Parallelization = p });
        return algorithm.DeriveBytes(System.Text.Encoding.UTF8.GetBytes(password), salt, KeyLength);
    }

    private static byte[] Mac(byte[] derived, byte[] ciphertext)
    {
        byte[] data = [.. derived.AsSpan(BlockLength), .. ciphertext];
        var mac = Keccak256.Hash(data).ToArray();
        CryptographicOperations.ZeroMemory(data);
        return mac;
    }

    private static byte[] Ctr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, byte[] input)
    {
        var cipher = new SicBlockCipher(new AesEngine());
        cipher.Init(true, new ParametersWithIV(new KeyParameter(key), iv.ToArray()));
        var output = new byte[input.Length];
        for (var at = 0; at < input.Length; at += BlockLength)
            cipher.ProcessBlock(input, at, output, at);
        return output;
    }

    private static void Write(
        Utf8JsonWriter writer, Address address, Guid id, byte[] ciphertext, ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> salt, byte[] mac)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", 3);
        writer.WriteString("id", id);
        writer.WriteString("address", address.ToHex()[2..]);
        writer.WriteStartObject("crypto");
        writer.WriteString("cipher", "aes-128-ctr");
        writer.WriteStartObject("cipherparams");
        writer.WriteString("iv", Convert.ToHexStringLower(iv));
        writer.WriteEndObject();
        writer.WriteString("ciphertext", Convert.ToHexStringLower(ciphertext));
        writer.WriteString("kdf", "scrypt");
        writer.WriteStartObject("kdfparams");
        writer.WriteNumber("dklen", KeyLength);
        writer.WriteNumber("n", WrittenN);
        writer.WriteNumber("r", 8);
        writer.WriteNumber("p", 1);
        writer.WriteString("salt", Convert.ToHexStringLower(salt));
        writer.WriteEndObject();
        writer.WriteString("mac", Convert.ToHexStringLower(mac));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static byte[] Bytes(JsonElement element) =>
        Convert.FromHexString(element.GetString() ?? throw new FormatException("A hex value is missing."));
}
