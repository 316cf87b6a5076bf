using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;

namespace Aitbc.Wallet.Signing;

/// <summary>Opens one key for one signature and zeroes it.</summary>
internal sealed class AccountSigner(AccountStore accounts, AccountKeys keys)
{
    public async Task<Verdict<SignedBytes>> SignDigestAsync(Address from, Hash256 digest, CancellationToken cancel) =>
        await WithKeyAsync(from, key => new SignedBytes(key.Sign(digest).ToBytes65()), cancel);

    public async Task<Verdict<Transaction>> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel) =>
        await WithKeyAsync(from, transaction.Sign, cancel);

    private async Task<Verdict<T>> WithKeyAsync<T>(Address from, Func<PrivateKey, T> sign, CancellationToken cancel)
        where T : class
    {
        if (await accounts.FindAsync(from, cancel) is not { } row)
            return Refusal.AccountNotFound(from.ToString());
        using var key = keys.TryOpen(row);
        return key is null ? Refusal.AccountDamaged(from.ToString()) : sign(key);
    }
}

/// <summary>A signature of 65 bytes r ‖ s ‖ v.</summary>
internal sealed record SignedBytes(byte[] Bytes);
