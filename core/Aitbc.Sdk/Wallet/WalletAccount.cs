using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>An account of the wallet daemon. Keys are never part of an answer.</summary>
/// <param name="Address">The account.</param>
/// <param name="Label">Its unique name in this wallet.</param>
/// <param name="Source"><c>derived</c> (the wallet's own seed), <c>mnemonic</c>, <c>privateKey</c> or <c>keystore</c>
/// (imported), or <c>remote</c>: its key is with a signer elsewhere.</param>
/// <param name="CreatedAt">When the wallet got it (UTC).</param>
/// <param name="Path">BIP-32 path; the signer's name for a remote account; null for an imported private key.</param>
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

/// <summary>Body of <c>POST /v1/backup</c>.</summary>
/// <param name="Password">The wallet's password; the file opens with it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BackupRequest(string Password);

/// <summary>Answer of <c>GET /v1/restored</c>.</summary>
/// <param name="Frozen">True: the wallet was restored from a backup, and its budgets sign nothing until the owner lets
/// them go on.</param>
/// <param name="MadeAt">When that backup was made; what was signed after it is not known.</param>
/// <param name="RestoredAt">When it was restored.</param>
public sealed record RestoredInfo(bool Frozen, DateTimeOffset? MadeAt = null, DateTimeOffset? RestoredAt = null);

/// <summary>Body of <c>POST /v1/restored/resume</c>.</summary>
/// <param name="Password">The wallet's password.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResumeRequest(string Password);

/// <summary>Body of <c>POST /v1/accounts/remote</c>.</summary>
/// <param name="Signer">Name of a configured signer.</param>
/// <param name="Address">One of the accounts that it lists.</param>
/// <param name="Label">What it is called here.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RemoteAccountRequest(string Signer, Address Address, string Label);

/// <summary>A signer elsewhere that the wallet may ask.</summary>
/// <param name="Name">Its name in the wallet's configuration.</param>
/// <param name="Accounts">Those it lists now.</param>
/// <param name="Trouble">Why it lists none; null if it answered.</param>
public sealed record RemoteSignerInfo(string Name, IReadOnlyList<Address> Accounts, string? Trouble = null);

/// <summary>Answer of <c>GET /v1/signers</c>.</summary>
/// <param name="Signers">All that are configured.</param>
public sealed record RemoteSignerList(IReadOnlyList<RemoteSignerInfo> Signers);
