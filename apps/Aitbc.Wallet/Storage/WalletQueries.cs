using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Storage;

/// <summary>The look-ups of every signature, compiled once: the time to find out what a query means is saved.</summary>
internal static class WalletQueries
{
    public static readonly Func<WalletDbContext, byte[], CancellationToken, Task<BudgetRow?>> BudgetByToken =
        EF.CompileAsyncQuery((WalletDbContext db, byte[] hash, CancellationToken cancel) =>
            db.Budgets.AsNoTracking().SingleOrDefault(b => b.TokenHash == hash));

    public static readonly Func<WalletDbContext, long, CancellationToken, Task<BudgetRow?>> BudgetById =
        EF.CompileAsyncQuery((WalletDbContext db, long id, CancellationToken cancel) =>
            db.Budgets.AsNoTracking().SingleOrDefault(b => b.Id == id));

    public static readonly Func<WalletDbContext, long, string, CancellationToken, Task<SpendRow?>> SpendByKey =
        EF.CompileAsyncQuery((WalletDbContext db, long budget, string key, CancellationToken cancel) =>
            db.Spends.SingleOrDefault(s => s.BudgetId == budget && s.Key == key));

    public static readonly Func<WalletDbContext, long, CancellationToken, Task<SpendRow?>> SpendById =
        EF.CompileAsyncQuery((WalletDbContext db, long id, CancellationToken cancel) =>
            db.Spends.SingleOrDefault(s => s.Id == id));

    public static readonly Func<WalletDbContext, long, string, CancellationToken, Task<TotalRow?>> Total =
        EF.CompileAsyncQuery((WalletDbContext db, long budget, string bucket, CancellationToken cancel) =>
            db.Totals.SingleOrDefault(t => t.BudgetId == budget && t.Bucket == bucket));

    public static readonly Func<WalletDbContext, byte[], CancellationToken, Task<ChannelRow?>> ChannelById =
        EF.CompileAsyncQuery((WalletDbContext db, byte[] id, CancellationToken cancel) =>
            db.Channels.SingleOrDefault(c => c.ChannelId == id));

    /// <summary>The newest seal of the log; null in an empty one.</summary>
    public static readonly Func<WalletDbContext, CancellationToken, Task<SealMark?>> LastSeal =
        EF.CompileAsyncQuery((WalletDbContext db, CancellationToken cancel) =>
            db.Spends.Where(s => s.SealNumber != null).OrderByDescending(s => s.SealNumber)
                .Select(s => new SealMark(s.SealNumber!.Value, s.Seal!)).FirstOrDefault());
}

/// <summary>A place in the sealed log.</summary>
internal sealed record SealMark(long Number, byte[] Seal);
