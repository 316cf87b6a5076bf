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

/// <summary>Body of <c>POST /v1/accounts/import</c>: either a mnemonic or a private key.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ImportAccountsRequest
{
    /// <summary>BIP-39 words; then <see cref="Count"/> accounts at m/44'/60'/0'/0/i are imported.</summary>
    public string? Mnemonic { get; init; }

    /// <summary>How many accounts, 1 to 100; with a mnemonic. Default 1.</summary>
    public int? Count { get; init; }

    /// <summary>Labels are this followed by the index; with a mnemonic.</summary>
    public string? LabelPrefix { get; init; }

    /// <summary>32 bytes in hex.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>The label; with a private key.</summary>
    public string? Label { get; init; }
}
