using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Auditing;

/// <summary>
/// Replays the signing log (specs/wallet.md, Audit): decodes every signature, recovers its signer, adds everything up
/// anew and compares it with the totals, with the seals and with the chain. It changes nothing that is counted.
/// </summary>
internal sealed class LogAudit(
    IDbContextFactory<WalletDbContext> databases, LogSeal seals, LineCheck lines, ChainCheck chain)
{
    private const int MostSaid = 1_000;

    public async Task<SpendAudit> RunAsync(string? head, CancellationToken cancel)
    {
        var found = new List<AuditDifference>();
        var ended = new List<EndedLine>();
        var report = await ReplayAsync(head, found, ended, cancel);
        var onChain = await chain.RunAsync(ended, cancel);
        found.AddRange(onChain ?? []);
        return report with
        {
            OnChain = onChain is null ? null : ended.Count,
            Differences = [.. found.Take(MostSaid)],
            Found = found.Count,
        };
    }

    // One snapshot of the database: signing goes on beside it.
    private async Task<SpendAudit> ReplayAsync(
        string? head, List<AuditDifference> found, List<EndedLine> ended, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.OpenConnectionAsync(cancel);
        var connection = (SqliteConnection)db.Database.GetDbConnection();
        await using var snapshot = connection.BeginTransaction(deferred: true);
        await db.Database.UseTransactionAsync(snapshot, cancel);
        var budgets = await BudgetsAsync(db, cancel);
        var chains = await db.Channels.AsNoTracking()
            .ToDictionaryAsync(c => Hash256.FromBytes(c.ChannelId), c => ChannelBook.Value(c.ChainId), cancel);
        var sealing = await SealCheck.LoadAsync(db, seals, cancel);
        found.AddRange(sealing.Gaps().Select(g => new AuditDifference(g)));
        if (head is not null && !sealing.Has(head))
            found.Add(new AuditDifference($"the log does not hold {head}, which it held once"));
        var replay = new TotalsReplay();
        var (count, signatures) = (0L, 0L);
        await foreach (var row in db.Spends.AsNoTracking().OrderBy(s => s.Id).AsAsyncEnumerable()
            .WithCancellation(cancel))
        {
            count++;
            signatures += row.Answer is null ? 0 : 1;
            var budget = budgets[row.BudgetId];
            replay.Add(row, budget);
            var faults = Read(row, budget, ChainOf(chains, row), ended).Append(sealing.FaultOf(row));
            found.AddRange(faults.OfType<string>().Select(f => new AuditDifference(f, row.Id, budget.PublicId)));
        }

        var totals = await db.Totals.AsNoTracking().ToListAsync(cancel);
        found.AddRange(replay.Differences(totals).Select(
            d => new AuditDifference(d.What, null, budgets[d.Budget].PublicId)));
        found.AddRange(Beyond(budgets.Values, replay));
        return new SpendAudit(count, signatures, 0, [], null, sealing.Head);
    }

    private IEnumerable<string?> Read(SpendRow row, Budget budget, UInt256? chainId, List<EndedLine> ended)
    {
        if (row.Answer is null)
            return [LineCheck.FaultOfUnsigned(row)];
        try
        {
            var line = SignedLine.Read(row, chainId);
            if (ChainCheck.HasWord(row))
                ended.Add(new EndedLine(row, line.Spend.Amount));
            return lines.Faults(row, budget, line);
        }
        catch (FormatException e)
        {
            return [e.Message];
        }
    }

    private static UInt256? ChainOf(Dictionary<Hash256, UInt256> chains, SpendRow row) =>
        row.Channel is { } channel && chains.TryGetValue(Hash256.FromBytes(channel), out var chain) ? chain : null;

    private static IEnumerable<AuditDifference> Beyond(IEnumerable<Budget> budgets, TotalsReplay replay)
    {
        foreach (var budget in budgets)
        {
            if (replay.MostOfPeriod(budget.Id) is var most && most > budget.Limits.Amount)
            {
                yield return new AuditDifference(
                    $"its lines of one period add up to {most}, and its amount is {budget.Limits.Amount}",
                    null,
                    budget.PublicId);
            }
        }
    }

    private static async Task<Dictionary<long, Budget>> BudgetsAsync(WalletDbContext db, CancellationToken cancel)
    {
        var budgets = new Dictionary<long, Budget>();
        foreach (var id in await db.Budgets.OrderBy(b => b.Id).Select(b => b.Id).ToListAsync(cancel))
            budgets[id] = (await BudgetReader.ByIdAsync(db, id, cancel))!;
        return budgets;
    }
}
