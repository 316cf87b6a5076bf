using System.Collections.Concurrent;
using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Wallet.Keys;

/// <summary>
/// The key of each budget that signs vouchers of payment channels: m/44'/60'/1'/0/i of the wallet's own seed, i the
/// number of the budget. It holds no coins; on the chain it can promise what its channels hold and take nothing out.
/// </summary>
internal sealed class AuthorizerKeys(Vault vault)
{
    private const string Path = "m/44'/60'/1'/0/";
    private readonly ConcurrentDictionary<long, Address> addresses = new();

    // The derivation from the seed takes milliseconds, so a derived key is kept, sealed as keys at rest are.
    private readonly ConcurrentDictionary<long, SealedSecret> derived = new();

    public Address AddressOf(long budget) => addresses.GetOrAdd(budget, b =>
    {
        using var key = Open(b);
        return key.Address;
    });

    /// <summary>The key; the caller disposes it at once.</summary>
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public PrivateKey Open(long budget)
    {
        if (!derived.TryGetValue(budget, out var kept))
            return Derive(budget);
        Span<byte> bytes = stackalloc byte[PrivateKey.Length];
        try
        {
            return vault.Master.TryOpen(kept, Binding(budget), bytes) ? PrivateKey.FromBytes(bytes) : Derive(budget);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private PrivateKey Derive(long budget)
    {
        var key = vault.UseSeed(root => root.Derive(Path + budget));
        Span<byte> bytes = stackalloc byte[PrivateKey.Length];
        key.CopyTo(bytes);
        derived[budget] = vault.Master.Seal(bytes, Binding(budget));
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private byte[] Binding(long budget) =>
        BoundData.Of("aitbc-wallet/v1/authorizer", vault.VaultId, BoundData.Number(budget));
}
