using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Reputation;

/// <summary>
/// Counts scores from marks and keeps them, so that quotes and the book only read a number. A count may be done again
/// at any time: it gives the same.
/// </summary>
internal sealed class Standings(
    IDbContextFactory<CoordinatorDbContext> databases, IStore store, ChainStanding chain, TimeProvider time)
{
    public static StandingRow NewcomerOf(Address provider, long week, bool isStale = false, bool isBonded = false) =>
        new()
        {
            Provider = provider,
            Score = ReputationTally.Newcomer,
            Week = week,
            Payers = 0,
            Stale = isStale,
            Bonded = isBonded,
        };

    /// <summary>A provider's score as it was counted last.</summary>
    public static async Task<int> ScoreAsync(
        CoordinatorDbContext db, Address provider, CancellationToken cancel) =>
        await db.Standings.Where(s => s.Provider == provider).Select(s => (int?)s.Score).FirstOrDefaultAsync(cancel)
            ?? ReputationTally.Newcomer;

    /// <summary>Providers whose score is not that of their marks in this week.</summary>
    public async Task<IReadOnlyList<Address>> DueAsync(CancellationToken cancel)
    {
        var week = ThisWeek();
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Standings.Where(s => s.Stale || s.Week < week).Select(s => s.Provider).ToListAsync(cancel);
    }

    /// <summary>
    /// Counts one provider anew; its offers follow in the same transaction. A bond is asked for again: what was taken
    /// back since the last week could be slashed until now.
    /// </summary>
    public async Task CountAsync(Address provider, CancellationToken cancel)
    {
        var week = ThisWeek();
        var oldest = week - ReputationTally.Horizon;
        await using var db = await databases.CreateDbContextAsync(cancel);
        var keepsBond = !await db.Standings.AnyAsync(s => s.Provider == provider && s.Bonded, cancel)
            || await chain.IsBondedAsync(provider, cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "provider", provider.ToArray(), cancel);
        var tally = await TallyAsync(db, provider, week, cancel);
        var (score, payers) = (tally.Score, tally.Payers);
        await db.Marks.Where(m => m.Provider == provider && m.Week <= oldest).ExecuteDeleteAsync(cancel);
        await db.Standings.Where(s => s.Provider == provider).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Score, score).SetProperty(s => s.Payers, payers)
                .SetProperty(s => s.Week, week).SetProperty(s => s.Stale, false)
                .SetProperty(s => s.Bonded, s => s.Bonded && keepsBond),
            cancel);
        await OfferWeight.ApplyAsync(db, provider, cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>Part of the transaction of a registration, which holds the provider's lock.</summary>
    public async Task RegisteredAsync(
        CoordinatorDbContext db, Address provider, bool isBonded, CancellationToken cancel)
    {
        var changed = await db.Standings.Where(s => s.Provider == provider)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Bonded, isBonded), cancel);
        if (changed == 0 && isBonded)
        {
            db.Standings.Add(NewcomerOf(provider, ThisWeek(), isBonded: true));
            await db.SaveChangesAsync(cancel);
        }

        await OfferWeight.ApplyAsync(db, provider, cancel);
    }

    public async Task<ReputationView> ShowAsync(
        Address provider, int limit, Address? after, CancellationToken cancel)
    {
        var oldest = ThisWeek() - ReputationTally.Horizon;
        await using var db = await databases.CreateDbContextAsync(cancel);
        if (!await db.Providers.AnyAsync(p => p.Address == provider, cancel))
            throw Refusal.Of(
                404, ProblemCodes.ProviderNotFound, $"{provider} is not registered.", "See GET /v1/providers.");
        var standing = await db.Standings.AsNoTracking().FirstOrDefaultAsync(s => s.Provider == provider, cancel);
        var first = (after ?? default).ToArray();
        var payers = await db.Marks
            .FromSql($"SELECT * FROM payer_marks WHERE \"Provider\" = {provider.ToArray()} AND \"Payer\" > {first}")
            .Where(m => m.Week > oldest).Select(m => m.Payer).Distinct().OrderBy(p => p).Take(limit + 1)
            .ToListAsync(cancel);
        var shown = payers.Take(limit).ToList();
        var rows = await db.Marks.AsNoTracking()
            .Where(m => m.Provider == provider && m.Week > oldest && shown.Contains(m.Payer))
            .OrderBy(m => m.Payer).ThenBy(m => m.Week).ToListAsync(cancel);
        return new ReputationView
        {
            Provider = provider,
            Score = standing?.Score ?? ReputationTally.Newcomer,
            Week = standing?.Week ?? ThisWeek(),
            Payers = standing?.Payers ?? 0,
            Pending = standing is { Stale: true },
            Bonded = standing is { Bonded: true },
            Probation = Probation.Holds(standing),
            Marks = [.. rows.GroupBy(r => r.Payer).Select(g => new PayerMarks(g.Key, [.. g.Select(WeekOf)]))],
            Next = payers.Count > limit ? shown[^1].ToHex() : null,
        };
    }

    private static async Task<ReputationTally> TallyAsync(
        CoordinatorDbContext db, Address provider, long week, CancellationToken cancel)
    {
        var tally = new ReputationTally(provider, week);
        var oldest = week - ReputationTally.Horizon;
        var weeks = new List<PayerWeek>();
        Address? payer = null;
        await foreach (var row in db.Marks.AsNoTracking().Where(m => m.Provider == provider && m.Week > oldest)
            .OrderBy(m => m.Payer).AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (payer is { } before && before != row.Payer)
            {
                tally.Add(new PayerMarks(before, weeks));
                weeks.Clear();
            }

            payer = row.Payer;
            weeks.Add(WeekOf(row));
        }

        if (payer is { } last)
            tally.Add(new PayerMarks(last, weeks));
        return tally;
    }

    private static PayerWeek WeekOf(MarkRow row) => new(row.Week, row.Served, row.Broken);

    private long ThisWeek() => ReputationTally.WeekOf(time.GetUtcNow().ToUnixTimeSeconds());
}
