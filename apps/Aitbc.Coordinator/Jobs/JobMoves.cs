using System.Linq.Expressions;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Jobs;

/// <summary>What happened, for the job's story.</summary>
internal sealed record JobNote(
    string Who, string What, string Detail, Hash256? Transaction = null, Signed? Signed = null);

/// <summary>A signature that proves it, and whose it is.</summary>
internal sealed record Signed(string Signature, Address Signer);

/// <summary>
/// The only writer of a job's state. Each move is one compare-and-set together with its event: whoever comes second
/// changes nothing and is told so.
/// </summary>
internal sealed class JobMoves(
    IDbContextFactory<CoordinatorDbContext> databases, IStore store, TimeProvider time, ILogger<JobMoves> log)
{
    public Task<bool> TryMoveAsync(
        JobRow seen,
        JobState to,
        JobNote note,
        CancellationToken cancel,
        Action<UpdateSettersBuilder<JobRow>>? also = null,
        Expression<Func<JobRow, bool>>? onlyIf = null)
    {
        if (!JobStateMachine.CanMove(seen.State, to))
            throw new InvalidOperationException($"A job does not move from {seen.State} to {to}.");
        return TryChangeAsync(
            seen,
            note,
            set =>
            {
                set.SetProperty(j => j.State, to);
                also?.Invoke(set);
            },
            cancel,
            onlyIf,
            async (db, nowMs) =>
            {
                await ServeRecord.MovedAsync(db, store, seen, to, note.What, cancel);
                await Marks.MovedAsync(db, store, seen, to, nowMs, cancel);
            });
    }

    /// <summary>Changes other fields while the job is in the state in which it was seen.</summary>
    public async Task<bool> TryChangeAsync(
        JobRow seen,
        JobNote? note,
        Action<UpdateSettersBuilder<JobRow>> change,
        CancellationToken cancel,
        Expression<Func<JobRow, bool>>? onlyIf = null,
        Func<CoordinatorDbContext, long, Task>? with = null)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var rows = db.Jobs.Where(j => j.Id == seen.Id && j.State == seen.State);
        if (onlyIf is not null)
            rows = rows.Where(onlyIf);
        var changed = await rows.ExecuteUpdateAsync(
            set =>
            {
                set.SetProperty(j => j.UpdatedAtMs, nowMs);
                change(set);
            },
            cancel);
        if (changed == 0)
            return false;
        var told = note is null ? null : EventOf(seen.Id, nowMs, note);
        if (told is not null)
        {
            db.Events.Add(told);
            await db.SaveChangesAsync(cancel);
        }

        if (with is not null)
            await with(db, nowMs);
        await transaction.CommitAsync(cancel);
        if (told is not null)
            Log(log, told.Sequence, told);
        return true;
    }

    public static JobEventRow EventOf(Hash256 jobId, long atMs, JobNote note) => new()
    {
        JobId = jobId,
        AtMs = atMs,
        Who = note.Who,
        What = note.What,
        Detail = note.Detail,
        Transaction = note.Transaction,
        Signature = note.Signed?.Signature,
        Signer = note.Signed?.Signer,
    };

    /// <summary>The line that the story names as evidence.</summary>
    public static void Log(ILogger log, long number, JobEventRow told) => log.LogInformation(
        "event={Event} job={Job} {What} by {Who}: {Detail}",
        number,
        told.JobId,
        told.What,
        told.Who,
        told.Detail);
}
