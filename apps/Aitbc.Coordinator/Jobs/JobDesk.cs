using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Jobs;

/// <summary>Reads jobs. Whose job it is stands in every query: a foreign one does not exist.</summary>
internal sealed class JobDesk(IDbContextFactory<CoordinatorDbContext> databases)
{
    public async Task<JobRow> OfPartyAsync(Address account, Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Jobs.AsNoTracking()
            .FirstOrDefaultAsync(j => j.Id == id && (j.Client == account || j.Provider == account), cancel)
            ?? throw Refusal.NoJob(id);
    }

    /// <summary>The same, and while it is disputed also who shall execute it again.</summary>
    public async Task<JobRow> OfReaderAsync(Address account, Hash256 id, CancellationToken cancel)
    {
        var row = await AnyAsync(id, cancel);
        return row is not null && (row.Client == account || row.Provider == account || IsReexecutedBy(row, account))
            ? row : throw Refusal.NoJob(id);
    }

    private static bool IsReexecutedBy(JobRow row, Address account) =>
        row.State == JobState.Disputed && row.Terms().Reexecution?.Reexecutors.Contains(account) == true;

    public async Task<JobRow> OfClientAsync(Address account, Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id && j.Client == account, cancel)
            ?? throw Refusal.NoJob(id);
    }

    public async Task<JobRow> OfProviderAsync(Address account, Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id && j.Provider == account, cancel)
            ?? throw Refusal.NoJob(id);
    }

    /// <summary>For the settlement, which serves all.</summary>
    public async Task<JobRow?> AnyAsync(Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancel);
    }

    /// <summary>Jobs that can still change, after a place in the order of arrival.</summary>
    public async Task<IReadOnlyList<(long Sequence, Hash256 Id)>> WatchedAsync(long after, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var page = await db.Jobs.AsNoTracking()
            .Where(j => j.Watched && j.Sequence > after).OrderBy(j => j.Sequence).Take(PageLimit.Most)
            .Select(j => new { j.Sequence, j.Id }).ToListAsync(cancel);
        return [.. page.Select(j => (j.Sequence, j.Id))];
    }

    public async Task<JobPage> ListAsync(Address account, int limit, long? before, CancellationToken cancel)
    {
        var older = before ?? long.MaxValue;
        await using var db = await databases.CreateDbContextAsync(cancel);
        var jobs = db.Jobs.AsNoTracking().Where(j => j.Sequence < older);
        // Each side of a job has its index in this order; both at once would be read in full and sorted.
        var bought = await NewestAsync(jobs.Where(j => j.Client == account));
        var sold = await NewestAsync(jobs.Where(j => j.Provider == account && j.Client != account));
        var rows = bought.Concat(sold).OrderByDescending(j => j.Sequence).Take(limit + 1).ToList();
        var next = rows.Count > limit
            ? rows[limit - 1].Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
        return new JobPage([.. rows.Take(limit).Select(r => r.View())], next);

        Task<List<JobRow>> NewestAsync(IQueryable<JobRow> of) =>
            of.OrderByDescending(j => j.Sequence).Take(limit + 1).ToListAsync(cancel);
    }
}
