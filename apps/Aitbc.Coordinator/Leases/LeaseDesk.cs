using System.Security.Cryptography;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Leases;

/// <summary>
/// Gives a funded job to its provider for a while, to exactly one of any number of simultaneous callers.
/// </summary>
internal sealed class LeaseDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    IDispatch dispatch,
    JobMoves moves,
    JobSignals signals,
    CoordinatorOptions options,
    TimeProvider time)
{
    /// <summary>Why a job is refunded whose provider fell silent too often.</summary>
    public const string Vanished = "provider_vanished";

    private const string LeaseEnded = "lease_ended";

    // A provider may be restarted while it works; who falls silent again and again only keeps the job from its end.
    private const int MostSilences = 3;
    private const int Page = 20;

    // Before it, this coordinator cannot know whether providers were silent or had nobody to speak to.
    private readonly DateTimeOffset listensSince = time.GetUtcNow();

    public static JobNote NoteOf(Address provider, LeaseClaim claim) =>
        new("provider", "assigned", $"Leased by {provider} until {claim.Ends.UtcDateTime:u}.");

    /// <summary>A waiting job; when there is none, one whose lease has ended.</summary>
    public async Task<Lease?> TryLeaseAsync(Address provider, CancellationToken cancel)
    {
        if (await ClaimAsync(provider, cancel) is { } lease)
            return lease;
        return await ReapAsync(provider, cancel) > 0 ? await ClaimAsync(provider, cancel) : null;
    }

    /// <summary>The new end; null if the lease is not the provider's or has ended.</summary>
    public async Task<DateTimeOffset?> ExtendAsync(Address provider, string leaseId, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var ends = now.AddSeconds(options.LeaseSeconds);
        var endsMs = ends.ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var extended = await db.Jobs
            .Where(j => j.LeaseId == leaseId && j.Provider == provider && j.LeaseEndsAtMs > nowMs)
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.LeaseEndsAtMs, endsMs), cancel);
        return extended == 1 ? ends : null;
    }

    /// <summary>Frees jobs whose leases ended; null = of all providers. How many were found.</summary>
    public async Task<int> ReapAsync(Address? provider, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = db.Jobs.AsNoTracking()
            .Where(j => j.LeaseId != null && (j.State == JobState.Assigned || j.State == JobState.Running)
                && j.LeaseEndsAtMs <= nowMs);
        if (provider is { } one)
            rows = rows.Where(j => j.Provider == one);
        // In the order of the index of leased jobs, so that no other is read.
        var ended = await rows.OrderBy(j => j.Provider).ThenBy(j => j.LeaseId).Take(Page).ToListAsync(cancel);
        foreach (var row in ended)
        {
            var before = await db.Events.CountAsync(e => e.JobId == row.Id && e.What == LeaseEnded, cancel);
            if (await FreeAsync(row, isLast: row.ReceiptJson is null && before + 1 >= MostSilences, nowMs, cancel))
                signals.Wake(row.Provider);
        }

        return ended.Count;
    }

    /// <summary>
    /// Gives up paid jobs that nobody holds and whose providers were not heard of for long. How many.
    /// </summary>
    public async Task<int> GiveUpAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var latest = now.AddSeconds(-options.VanishedSeconds);
        if (listensSince > latest)
            return 0;
        var (seconds, latestMs) = (now.ToUnixTimeSeconds(), latest.ToUnixTimeMilliseconds());
        await using var db = await databases.CreateDbContextAsync(cancel);
        var left = await db.Jobs.AsNoTracking()
            .Where(j => j.Watched && j.State == JobState.Funded && j.RejectCode == null && j.ReceiptJson == null
                && j.ExpiresAt > seconds && j.UpdatedAtMs <= latestMs
                && !db.Providers.Any(p => p.Address == j.Provider && p.LastSeenAtMs > latestMs))
            .OrderBy(j => j.Sequence).Take(Page).ToListAsync(cancel);
        foreach (var row in left)
            await moves.TryChangeAsync(
                row,
                new JobNote(
                    "coordinator",
                    Vanished,
                    $"The provider was not heard of for {options.VanishedSeconds} s: it is refunded."),
                set => set.SetProperty(j => j.RejectCode, Vanished),
                cancel,
                j => j.RejectCode == null && j.LeaseId == null && j.ReceiptJson == null);
        return left.Count;
    }

    private Task<bool> FreeAsync(JobRow row, bool isLast, long nowMs, CancellationToken cancel)
    {
        var note = isLast
            ? new JobNote("coordinator", Vanished, $"The provider fell silent {MostSilences} times: it is refunded.")
            : new JobNote("coordinator", LeaseEnded, "The provider fell silent; the job may be leased again.");
        return moves.TryMoveAsync(
            row,
            JobState.Funded,
            note,
            cancel,
            set =>
            {
                set.SetProperty(j => j.LeaseId, (string?)null).SetProperty(j => j.LeaseEndsAtMs, (long?)null);
                if (isLast)
                    set.SetProperty(j => j.RejectCode, j => j.RejectCode ?? Vanished);
            },
            j => j.LeaseEndsAtMs <= nowMs && (!isLast || j.ReceiptJson == null));
    }

    private async Task<Lease?> ClaimAsync(Address provider, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var claim = new LeaseClaim(
            RandomNumberGenerator.GetHexString(32, lowercase: true), now, now.AddSeconds(options.LeaseSeconds));
        if (await dispatch.ClaimAsync(provider, claim, cancel) is not { } row)
            return null;
        if (cancel.IsCancellationRequested)
        {
            await GiveBackAsync(provider, claim.LeaseId);
            cancel.ThrowIfCancellationRequested();
        }

        return new Lease(claim.LeaseId, claim.Ends, row.View() with { State = JobState.Assigned });
    }

    /// <summary>Who asked has gone and does not know of its lease: the job need not wait until that ends.</summary>
    private async Task GiveBackAsync(Address provider, string leaseId)
    {
        await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
        var row = await db.Jobs.AsNoTracking()
            .FirstOrDefaultAsync(j => j.LeaseId == leaseId && j.Provider == provider, CancellationToken.None);
        if (row?.State != JobState.Assigned)
            return;
        var isFree = await moves.TryMoveAsync(
            row,
            JobState.Funded,
            new JobNote("coordinator", "lease_returned", "Who asked for it had gone before the answer was there."),
            CancellationToken.None,
            set => set.SetProperty(j => j.LeaseId, (string?)null).SetProperty(j => j.LeaseEndsAtMs, (long?)null),
            j => j.LeaseId == leaseId);
        if (isFree)
            signals.Wake(provider);
    }
}
