using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Aitbc.Primitives.Keys;

/// <summary>BIP-39 mnemonics with the English word list.</summary>
public static class Mnemonic
{
    private const int BitsPerWord = 11;
    private const int WordCount = 2048;
    private const int Rounds = 2048;
    private const int SeedLength = 64;
    private const string WordList = "Aitbc.Primitives.Keys.bip39-english.txt";

    private static readonly string[] Words = LoadWords();
    private static readonly FrozenDictionary<string, int> Indexes = Words
        .Select((word, index) => KeyValuePair.Create(word, index)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>
    /// True for 12, 15, 18, 21 or 24 words of the list, separated by single spaces, with a right checksum.
    /// </summary>
    public static bool Validate(string? mnemonic)
    {
        if (mnemonic is null)
            return false;
        var words = mnemonic.Split(' ');
        if (words.Length is not (12 or 15 or 18 or 21 or 24))
            return false;
        Span<byte> bits = stackalloc byte[33];
        bits.Clear();
        for (var i = 0; i < words.Length; i++)
        {
            if (!Indexes.TryGetValue(words[i], out var index))
                return false;
            Put(bits, i * BitsPerWord, index);
        }

        var checksumBits = words.Length / 3;
        var entropy = bits[..(checksumBits * 4)];
        var mask = (byte)(0xff << (8 - checksumBits));
        var right = bits[entropy.Length] == (Checksum(entropy) & mask);
        CryptographicOperations.ZeroMemory(bits);
        return right;
    }

    /// <summary>The words of 16, 20, 24, 28 or 32 bytes of entropy.</summary>
    /// <exception cref="ArgumentException">Another length.</exception>
    public static string FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is not (16 or 20 or 24 or 28 or 32))
            throw new ArgumentException("Entropy has 16, 20, 24, 28 or 32 bytes.", nameof(entropy));
        Span<byte> bits = stackalloc byte[entropy.Length + 1];
        entropy.CopyTo(bits);
        bits[^1] = Checksum(entropy);
        var words = new string[entropy.Length * 3 / 4];
        for (var i = 0; i < words.Length; i++)
            words[i] = Words[Get(bits, i * BitsPerWord)];
        CryptographicOperations.ZeroMemory(bits);
        return string.Join(' ', words);
    }

    /// <summary>
    /// The 64-byte seed: PBKDF2-HMAC-SHA-512 with 2,048 rounds. The words are not validated, as BIP-39 says. The caller
    /// zeroes the seed.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// A character beyond ASCII: BIP-39 wants it in NFKD form, which this runtime does not have without ICU, and
    /// another form would silently give other accounts.
    /// </exception>
    public static byte[] ToSeed(string mnemonic, string passphrase = "")
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        ArgumentNullException.ThrowIfNull(passphrase);
        if (!Ascii.IsValid(mnemonic))
            throw new ArgumentException("The mnemonic has characters beyond ASCII.", nameof(mnemonic));
        if (!Ascii.IsValid(passphrase))
            throw new ArgumentException("The passphrase has characters beyond ASCII.", nameof(passphrase));
        var password = System.Text.Encoding.ASCII.GetBytes(mnemonic);
        var salt = System.Text.Encoding.ASCII.GetBytes("mnemonic" + passphrase);
        var seed = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA512, SeedLength);
        CryptographicOperations.ZeroMemory(password);
        CryptographicOperations.ZeroMemory(salt);
        return seed;
    }

    private static byte Checksum(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, hash);
        return hash[0];
    }

    private static void Put(Span<byte> bits, int at, int index)
    {
        for (var i = 0; i < BitsPerWord; i++, at++)
        {
            if ((index >> (BitsPerWord - 1 - i) & 1) != 0)
                bits[at / 8] |= (byte)(0x80 >> (at % 8));
        }
    }

    private static int Get(ReadOnlySpan<byte> bits, int at)
    {
        var index = 0;
        for (var i = 0; i < BitsPerWord; i++, at++)
            index = (index << 1) | (bits[at / 8] >> (7 - (at % 8)) & 1);
        return index;
    }

    private static string[] LoadWords()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(WordList)
            ?? throw new InvalidOperationException($"The resource {WordList} is missing.");
        using var reader = new StreamReader(stream, System.Text.Encoding.ASCII);
        var words = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == WordCount
            ? words
            : throw new InvalidOperationException("The BIP-39 word list has 2,048 words.");
    }
}
