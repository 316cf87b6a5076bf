using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;

namespace Aitbc.Wallet.Signing;

/// <summary>Opens one key for one signature and zeroes it.</summary>
internal sealed class AccountSigner(AccountStore accounts, AccountKeys keys)
{
    public async Task<Verdict<T>> WithKeyAsync<T>(
        Address from, Func<PrivateKey, Verdict<T>> sign, CancellationToken cancel)
        where T : class
    {
        if (await accounts.FindAsync(from, cancel) is not { } row)
            return Refusal.AccountNotFound(from.ToString());
        using var key = keys.TryOpen(row);
        return key is null ? Refusal.AccountDamaged(from.ToString()) : sign(key);
    }
}
