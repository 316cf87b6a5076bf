namespace Aitbc.Wallet.Storage;

/// <summary>One account. What is bound to the ciphertext: vault, address, label, source and path.</summary>
internal sealed class AccountRow
{
    /// <summary>The source of an account whose key is with a signer elsewhere; its path is the signer's name.</summary>
    public const string Remote = "remote";

    public long Id { get; init; }

    /// <summary>20 bytes.</summary>
    public required byte[] Address { get; init; }

    public required string Label { get; init; }

    /// <summary><c>derived</c>, <c>mnemonic</c>, <c>privateKey</c>, <c>keystore</c> or <c>remote</c>.</summary>
    public required string Source { get; init; }

    public string? Path { get; init; }

    /// <summary>Index under the wallet's own seed; null for imported accounts.</summary>
    public long? DerivationIndex { get; init; }

    public required byte[] KeySalt { get; init; }

    public required byte[] KeyNonce { get; init; }

    /// <summary>The private key under a key of the master key; empty if it is elsewhere.</summary>
    public required byte[] KeyCiphertext { get; init; }

    public required long CreatedAtMs { get; init; }
}
