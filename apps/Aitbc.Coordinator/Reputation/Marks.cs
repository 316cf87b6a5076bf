using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Reputation;

/// <summary>
/// Writes down how a job ended, in the transaction that ends it, so that no end counts twice or not at all. Scores are
/// counted from the marks later, outside of it.
/// </summary>
internal static class Marks
{
    public static async Task MovedAsync(
        CoordinatorDbContext db, IStore store, JobRow seen, JobState to, long nowMs, CancellationToken cancel)
    {
        // Nobody praises itself.
        if (!JobStateMachine.IsTerminal(to) || seen.Client == seen.Provider)
            return;
        if (await Blame.OfAsync(db, seen, to, cancel) is not { } isServed || await IsOwnAsync(db, seen, cancel))
            return;
        await store.LockAsync(db, "provider", seen.Provider.ToArray(), cancel);
        var week = ReputationTally.WeekOf(nowMs / 1000);
        await CountAsync(db, seen, week, isServed ? 1 : 0, isServed ? 0 : 1, cancel);
        await AskForCountingAsync(db, seen.Provider, week, cancel);
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Whether the payer is where the provider's agent is paid.</summary>
    private static Task<bool> IsOwnAsync(CoordinatorDbContext db, JobRow job, CancellationToken cancel)
    {
        var (provider, payer) = (job.Provider, job.Client);
        return db.Providers.AnyAsync(p => p.Address == provider && p.AgentWallet == payer, cancel);
    }

    private static async Task CountAsync(
        CoordinatorDbContext db, JobRow job, long week, int served, int broken, CancellationToken cancel)
    {
        var (provider, payer) = (job.Provider, job.Client);
        var changed = await db.Marks.Where(m => m.Provider == provider && m.Payer == payer && m.Week == week)
            .ExecuteUpdateAsync(
                set => set.SetProperty(m => m.Served, m => m.Served + served)
                    .SetProperty(m => m.Broken, m => m.Broken + broken),
                cancel);
        if (changed == 0)
            db.Marks.Add(new MarkRow
            {
                Provider = provider,
                Payer = payer,
                Week = week,
                Served = served,
                Broken = broken,
            });
    }

    private static async Task AskForCountingAsync(
        CoordinatorDbContext db, Address provider, long week, CancellationToken cancel)
    {
        var changed = await db.Standings.Where(s => s.Provider == provider)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Stale, true), cancel);
        if (changed == 0)
            db.Standings.Add(Standings.NewcomerOf(provider, week, isStale: true));
    }
}
