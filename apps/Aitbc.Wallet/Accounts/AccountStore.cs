using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Accounts;

/// <summary>Accounts made by this call, or found because an earlier call made them.</summary>
internal sealed record AccountsOutcome(IReadOnlyList<WalletAccount> Accounts, bool AnyCreated);

/// <summary>
/// Lists, creates and imports accounts. Every change is idempotent: the unique indexes of the database decide races
/// between processes, the gate those within one.
/// </summary>
internal sealed class AccountStore(
    IDbContextFactory<WalletDbContext> databases,
    Vault vault,
    AccountKeys keys,
    WalletOptions options,
    TimeProvider time) : IDisposable
{
    public const string DerivationPath = "m/44'/60'/0'/0/";
    private const int UniqueViolation = 19;
    private const int MostRaces = 16;
    private readonly SemaphoreSlim gate = new(1, 1);

    public async Task<IReadOnlyList<WalletAccount>> ListAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = await db.Accounts.AsNoTracking().OrderBy(a => a.Id).ToListAsync(cancel);
        return [.. rows.Select(Describe)];
    }

    public async Task<AccountRow?> FindAsync(Address address, CancellationToken cancel)
    {
        var bytes = address.ToArray();
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Address == bytes, cancel);
    }

    /// <summary>
    /// The account with this label, made at the next index of the wallet's own seed if there is none.
    /// </summary>
    public Task<Verdict<AccountsOutcome>> CreateAsync(string label, CancellationToken cancel) =>
        ChangeAsync(db => CreateOnceAsync(db, label, cancel), cancel);

    /// <summary>Takes in keys, all or none; those already here under the same label are left as they are.</summary>
    public Task<Verdict<AccountsOutcome>> ImportAsync(
        IReadOnlyList<(PrivateKey Key, AccountOrigin Origin)> imports, CancellationToken cancel) =>
        ChangeAsync(db => ImportOnceAsync(db, imports, cancel), cancel);

    /// <summary>Takes in an account whose key is with a signer elsewhere.</summary>
    public Task<Verdict<AccountsOutcome>> TakeInAsync(
        string signer, Address address, string label, CancellationToken cancel) => ChangeAsync(
        async db =>
        {
            var bytes = address.ToArray();
            var same = await db.Accounts.AsNoTracking()
                .Where(a => a.Address == bytes || a.Label == label).ToListAsync(cancel);
            if (same.Find(a => a.Label == label && a.Address.AsSpan().SequenceEqual(bytes)
                && a.Source == AccountRow.Remote && a.Path == signer) is { } held)
                return new AccountsOutcome([Describe(held)], AnyCreated: false);
            if (same.Count > 0)
                return Taken(same[0], address, label);
            if (await db.Accounts.CountAsync(cancel) >= options.MaxAccounts)
                return Refusal.WalletFull(options.MaxAccounts);
            var row = new AccountRow
            {
                Address = bytes,
                Label = label,
                Source = AccountRow.Remote,
                Path = signer,
                KeySalt = [],
                KeyNonce = [],
                KeyCiphertext = [],
                CreatedAtMs = Now(),
            };
            db.Accounts.Add(row);
            await db.SaveChangesAsync(cancel);
            return new AccountsOutcome([Describe(row)], AnyCreated: true);
        },
        cancel);

    public void Dispose() => gate.Dispose();

    private static WalletAccount Describe(AccountRow row) => new(
        Address.FromBytes(row.Address),
        row.Label,
        row.Source,
        DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
        row.Path);

    private async Task<Verdict<AccountsOutcome>> ChangeAsync(
        Func<WalletDbContext, Task<Verdict<AccountsOutcome>>> change, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            for (var races = 0; ; races++)
            {
                await using var db = await databases.CreateDbContextAsync(cancel);
                try
                {
                    return await change(db);
                }
                catch (DbUpdateException e) when (races < MostRaces
                    && e.InnerException is SqliteException { SqliteErrorCode: UniqueViolation })
                {
                    // Another process took the label, the index or the address: look again.
                }
            }
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<Verdict<AccountsOutcome>> CreateOnceAsync(
        WalletDbContext db, string label, CancellationToken cancel)
    {
        if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Label == label, cancel) is { } found)
            return new AccountsOutcome([Describe(found)], AnyCreated: false);
        if (await db.Accounts.CountAsync(cancel) >= options.MaxAccounts)
            return Refusal.WalletFull(options.MaxAccounts);
        var index = (await db.Accounts.MaxAsync(a => a.DerivationIndex, cancel) ?? -1) + 1;
        var path = DerivationPath + index;
        var row = vault.UseSeed(root =>
        {
            using var key = root.Derive(path);
            return keys.Seal(key, new AccountOrigin(label, "derived", path, index), Now());
        });
        db.Accounts.Add(row);
        await db.SaveChangesAsync(cancel);
        return new AccountsOutcome([Describe(row)], AnyCreated: true);
    }

    private async Task<Verdict<AccountsOutcome>> ImportOnceAsync(
        WalletDbContext db, IReadOnlyList<(PrivateKey Key, AccountOrigin Origin)> imports, CancellationToken cancel)
    {
        var rows = new List<AccountRow>(imports.Count);
        var created = 0;
        foreach (var (key, origin) in imports)
        {
            var address = key.Address.ToArray();
            var label = origin.Label;
            var same = await db.Accounts.AsNoTracking()
                .Where(a => a.Address == address || a.Label == label).ToListAsync(cancel);
            if (same.Find(a => a.Label == label && a.Address.AsSpan().SequenceEqual(address)) is { } held)
            {
                rows.Add(held);
                continue;
            }

            if (same.Count > 0)
                return Taken(same[0], key.Address, label);
            var row = keys.Seal(key, origin, Now());
            db.Accounts.Add(row);
            rows.Add(row);
            created++;
        }

        if (await db.Accounts.CountAsync(cancel) + created > options.MaxAccounts)
            return Refusal.WalletFull(options.MaxAccounts);
        await db.SaveChangesAsync(cancel); // one transaction
        return new AccountsOutcome([.. rows.Select(Describe)], created > 0);
    }

    private static Refusal Taken(AccountRow holder, Address address, string label) => Refusal.Conflict(
        holder.Label == label && !holder.Address.AsSpan().SequenceEqual(address.ToArray())
            ? $"The label {label} belongs to {Address.FromBytes(holder.Address)}."
            : $"The account {address} is here under the label {holder.Label}.");

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
