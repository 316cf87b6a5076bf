using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Signing.Remote;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Signing;

/// <summary>Finds who signs for an account. A key is opened for one signature and zeroed.</summary>
internal sealed class AccountSigner(AccountStore accounts, AccountKeys keys, RemoteSigners remotes)
{
    /// <summary>Signs with the account's key, or asks the signer that holds it.</summary>
    public async Task<Verdict<T>> WithSignerAsync<T>(
        Address from, Func<ISigner, CancellationToken, Task<Verdict<T>>> sign, CancellationToken cancel)
        where T : class
    {
        if (await accounts.FindAsync(from, cancel) is not { } row)
            return Refusal.AccountNotFound(from.ToString());
        if (row.Source == AccountRow.Remote)
        {
            keys.RequireOpen();
            var remote = remotes.Find(row);
            return remote.Value is { } signer ? await sign(signer, cancel) : remote.Refusal!;
        }

        using var key = keys.TryOpen(row);
        return key is null ? Refusal.AccountDamaged(from.ToString()) : await sign(new KeySigner(key), cancel);
    }

    /// <summary>For what a key alone can do; an account whose key is elsewhere refuses.</summary>
    public async Task<Verdict<T>> WithKeyAsync<T>(
        Address from, Func<PrivateKey, Verdict<T>> sign, CancellationToken cancel)
        where T : class
    {
        if (await accounts.FindAsync(from, cancel) is not { } row)
            return Refusal.AccountNotFound(from.ToString());
        if (row.Source == AccountRow.Remote)
            return RemoteRefusals.KeyElsewhere(row);
        using var key = keys.TryOpen(row);
        return key is null ? Refusal.AccountDamaged(from.ToString()) : sign(key);
    }
}
