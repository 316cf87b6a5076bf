using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// One statement: rows that another caller is taking are passed over, so that nobody waits and nobody gets a job twice.
/// The move and its event are one transaction, as every move's.
/// </summary>
internal sealed class SkipLockedDispatch(
    IDbContextFactory<PostgreSqlContext> databases, ILogger<SkipLockedDispatch> log) : IDispatch
{
    private const int Funded = (int)JobState.Funded;
    private const int Assigned = (int)JobState.Assigned;

    public async Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel)
    {
        var note = LeaseDesk.NoteOf(provider, claim);
        var (nowMs, endsMs) = (claim.Now.ToUnixTimeMilliseconds(), claim.Ends.ToUnixTimeMilliseconds());
        await using var db = await databases.CreateDbContextAsync(cancel);
        var told = await db.Events.FromSql(
            $"""
            WITH picked AS (
                SELECT "Sequence" FROM jobs
                WHERE "Provider" = {provider.ToArray()} AND "State" = {Funded} AND "RejectCode" IS NULL
                    AND "ReceiptJson" IS NULL AND "LeaseId" IS NULL AND "ExpiresAt" > {claim.Now.ToUnixTimeSeconds()}
                ORDER BY "Sequence" LIMIT 1 FOR UPDATE SKIP LOCKED
            ), moved AS (
                UPDATE jobs SET "State" = {Assigned}, "LeaseId" = {claim.LeaseId}, "LeaseEndsAtMs" = {endsMs},
                    "UpdatedAtMs" = {nowMs}
                FROM picked WHERE jobs."Sequence" = picked."Sequence" RETURNING jobs."Id"
            )
            INSERT INTO job_events ("JobId", "AtMs", "Who", "What", "Detail")
            SELECT "Id", {nowMs}, {note.Who}, {note.What}, {note.Detail} FROM moved RETURNING *
            """).AsNoTracking().ToListAsync(cancel);
        if (told is not [var one])
            return null;
        JobMoves.Log(log, one);
        return await db.Jobs.AsNoTracking().FirstAsync(j => j.Id == one.JobId, cancel);
    }
}
