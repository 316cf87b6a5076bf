using System.Collections.Concurrent;
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

    public Address AddressOf(long budget) => addresses.GetOrAdd(budget, b =>
    {
        using var key = Open(b);
        return key.Address;
    });

    /// <summary>The key; the caller disposes it at once.</summary>
    public PrivateKey Open(long budget) => vault.UseSeed(root => root.Derive(Path + budget));
}
