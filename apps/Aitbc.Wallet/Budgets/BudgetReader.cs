using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Budgets;

/// <summary>Reads budgets with their ancestors, and their totals.</summary>
internal static class BudgetReader
{
    public static async Task<Budget?> ByTokenAsync(WalletDbContext db, byte[] tokenHash, CancellationToken cancel) =>
        await LoadAsync(
            db,
            await WalletQueries.BudgetByToken(db, tokenHash, cancel),
            cancel);

    public static async Task<Budget?> ByPublicIdAsync(WalletDbContext db, string id, CancellationToken cancel) =>
        await LoadAsync(
            db, await db.Budgets.AsNoTracking().SingleOrDefaultAsync(b => b.PublicId == id, cancel), cancel);

    public static async Task<Budget?> ByIdAsync(WalletDbContext db, long id, CancellationToken cancel) =>
        await LoadAsync(db, await WalletQueries.BudgetById(db, id, cancel), cancel);

    /// <summary>What a total counts now.</summary>
    public static async Task<UInt256> SumAsync(
        WalletDbContext db, long budget, string bucket, CancellationToken cancel)
    {
        var row = db.Totals.Local.FindEntryUntyped([budget, bucket])?.Entity
            ?? await WalletQueries.Total(db, budget, bucket, cancel);
        return row is null ? default : UInt256.FromBigEndian(row.Sum);
    }

    /// <summary>What can be spent at a moment: the least that it or an ancestor has left.</summary>
    public static async Task<UInt256> LeftAsync(
        WalletDbContext db, Budget budget, long nowMs, CancellationToken cancel)
    {
        var least = UInt256.MaxValue;
        foreach (var each in budget.Line)
        {
            var spent = await SumAsync(db, each.Id, Buckets.Period(each.Limits.Period, nowMs), cancel);
            var left = UInt256.TrySubtract(each.Limits.Amount, spent, out var rest) ? rest : default;
            least = UInt256.Min(least, left);
        }

        return least;
    }

    private static async Task<Budget?> LoadAsync(WalletDbContext db, BudgetRow? row, CancellationToken cancel)
    {
        if (row is null)
            return null;
        var parent = row.ParentId is { } id ? await ByIdAsync(db, id, cancel) : null;
        var limits = JsonSerializer.Deserialize(row.Limits, WalletJson.Default.BudgetLimits)
            ?? throw new InvalidDataException($"The limits of budget {row.PublicId} are damaged.");
        return new Budget(
            row.Id,
            row.PublicId,
            row.Label,
            Address.FromBytes(row.Account),
            limits with { Amount = UInt256.FromBigEndian(row.Amount) },
            row.CreatedAtMs,
            row.RevokedAtMs,
            parent);
    }
}
