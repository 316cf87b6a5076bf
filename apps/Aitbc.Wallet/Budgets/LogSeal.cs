using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Budgets;

/// <summary>
/// Seals signed lines of the log into a chain (specs/wallet.md, Audit): a line that is changed, removed or put in by
/// anybody but this wallet breaks it.
/// </summary>
internal sealed class LogSeal(Vault vault)
{
    /// <summary>Numbers and seals a line that was signed just now, within the change that stores it.</summary>
    /// <exception cref="WalletLockedException">The vault is locked.</exception>
    public async Task AddAsync(WalletDbContext db, SpendRow row, CancellationToken cancel)
    {
        var last = await WalletQueries.LastSeal(db, cancel);
        row.SealNumber = (last?.Number ?? 0) + 1;
        row.Seal = Of(row, last?.Seal);
    }

    /// <summary>What the seal of a line is, after the one before it.</summary>
    public byte[] Of(SpendRow row, byte[]? before) => vault.Master.SealLine(BoundData.Of(
        "aitbc-wallet/v1/line",
        vault.VaultId,
        before ?? [],
        BoundData.Number(row.SealNumber ?? 0),
        BoundData.Number(row.BudgetId),
        row.RequestHash,
        BoundData.Text(row.Kind),
        BoundData.Number(row.ReservedAtMs),
        row.JobId ?? [],
        BoundData.Text(row.Class),
        row.Channel ?? [],
        row.OnJob ?? [],
        row.Payload ?? [],
        row.Answer ?? []));
}
