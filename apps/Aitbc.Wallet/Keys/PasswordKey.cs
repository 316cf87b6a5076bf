using NSec.Cryptography;

namespace Aitbc.Wallet.Keys;

/// <summary>Argon2id from password to the key that wraps the master key.</summary>
internal static class PasswordKey
{
    public const int SaltLength = 16;

    // Rows from a damaged or hostile file must not make the start eat all memory or never end.
    private const long MostMemoryKiB = 4L * 1024 * 1024;
    private const long MostPasses = 64;

    public static readonly AeadAlgorithm Cipher = AeadAlgorithm.XChaCha20Poly1305;

    public static Key Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, long memoryKiB, long passes)
    {
        if (memoryKiB is < 8 or > MostMemoryKiB || passes is < 1 or > MostPasses || salt.Length != SaltLength)
        {
            throw new WalletStartException(
                WalletStartException.Damaged,
                $"Argon2id with {memoryKiB} KiB and {passes} passes is outside of what this wallet runs.");
        }

        var algorithm = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters
        {
            DegreeOfParallelism = 1,
            MemorySize = memoryKiB,
            NumberOfPasses = passes,
        });
        return algorithm.DeriveKey(password, salt, Cipher);
    }
}
