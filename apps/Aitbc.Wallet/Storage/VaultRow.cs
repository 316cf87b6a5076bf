namespace Aitbc.Wallet.Storage;

/// <summary>The one row that says how the password opens the master key, and the wallet's own seed.</summary>
internal sealed class VaultRow
{
    /// <summary>Always 1.</summary>
    public int Id { get; init; }

    public required byte[] VaultId { get; init; }

    public required long Argon2MemoryKiB { get; init; }

    public required long Argon2Passes { get; init; }

    public required byte[] Argon2Salt { get; init; }

    public required byte[] MasterNonce { get; init; }

    /// <summary>The master key under the password's key.</summary>
    public required byte[] MasterCiphertext { get; init; }

    public required byte[] SeedSalt { get; init; }

    public required byte[] SeedNonce { get; init; }

    /// <summary>The entropy of the wallet's own BIP-39 mnemonic under a key of the master key.</summary>
    public required byte[] SeedCiphertext { get; init; }

    public required long CreatedAtMs { get; init; }
}
