using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>An account of the wallet daemon. Keys are never part of an answer.</summary>
/// <param name="Address">The account.</param>
/// <param name="Label">Its unique name in this wallet.</param>
/// <param name="Source"><c>derived</c> (the wallet's own seed), <c>mnemonic</c> or <c>privateKey</c>
/// (imported).</param>
/// <param name="CreatedAt">When the wallet got it (UTC).</param>
/// <param name="Path">BIP-32 path; null for an imported private key.</param>
public sealed record WalletAccount(
    Address Address, string Label, string Source, DateTimeOffset CreatedAt, string? Path = null);

/// <summary>Answer of <c>GET /v1/accounts</c>.</summary>
/// <param name="Accounts">All accounts in order of creation.</param>
public sealed record WalletAccountList(IReadOnlyList<WalletAccount> Accounts);

/// <summary>Body of <c>POST /v1/accounts</c>.</summary>
/// <param name="Label">1 to 64 characters of letters, digits, '-', '_', '.', ':'.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateAccountRequest(string Label);

/// <summary>Body of <c>POST /v1/accounts/import</c>: a mnemonic, a private key, or a keystore file.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ImportAccountsRequest
{
    /// <summary>BIP-39 words; then <see cref="Count"/> accounts at m/44'/60'/0'/0/i are imported.</summary>
    public string? Mnemonic { get; init; }

    /// <summary>How many accounts, 1 to 100; with a mnemonic. Default 1.</summary>
    public int? Count { get; init; }

    /// <summary>Labels are this followed by the index; with a mnemonic.</summary>
    public string? LabelPrefix { get; init; }

    /// <summary>BIP-39 passphrase of the mnemonic; null = none.</summary>
    public string? Passphrase { get; init; }

    /// <summary>32 bytes in hex.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>Text of a Web3 Secret Storage file, version 3.</summary>
    public string? Keystore { get; init; }

    /// <summary>Password of the keystore file.</summary>
    public string? Password { get; init; }

    /// <summary>The label; with a private key or a keystore file.</summary>
    public string? Label { get; init; }
}

/// <summary>Body of <c>POST /v1/accounts/export</c>: the owner's token alone does not let a key out.</summary>
/// <param name="Address">The account.</param>
/// <param name="WalletPassword">The wallet's password.</param>
/// <param name="Confirm">The text <c>export 0x…</c> with the account's address.</param>
/// <param name="KeystorePassword">Password of the file that is made, at least 8 bytes.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExportRequest(
    Address Address, string WalletPassword, string Confirm, string KeystorePassword);

/// <summary>Answer of <c>POST /v1/accounts/export</c>.</summary>
/// <param name="Keystore">Text of a Web3 Secret Storage file, version 3.</param>
public sealed record ExportedKey(string Keystore);

/// <summary>Body of <c>POST /v1/unlock</c>.</summary>
/// <param name="Password">The wallet's password.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UnlockRequest(string Password);
