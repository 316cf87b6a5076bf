using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Leases;

/// <summary>Looks and then moves by compare-and-set; who comes second looks again.</summary>
internal sealed class FirstComeDispatch(IDbContextFactory<CoordinatorDbContext> databases, JobMoves moves) : IDispatch
{
    public async Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel)
    {
        var (seconds, endsMs) = (claim.Now.ToUnixTimeSeconds(), claim.Ends.ToUnixTimeMilliseconds());
        while (true)
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            var row = await db.Jobs.AsNoTracking()
                .Where(j => j.Provider == provider && j.State == JobState.Funded && j.RejectCode == null
                    && j.ReceiptJson == null && j.LeaseId == null && j.ExpiresAt > seconds)
                .OrderBy(j => j.Sequence).FirstOrDefaultAsync(cancel);
            if (row is null)
                return null;
            var mine = await moves.TryMoveAsync(
                row,
                JobState.Assigned,
                LeaseDesk.NoteOf(provider, claim),
                cancel,
                set => set.SetProperty(j => j.LeaseId, claim.LeaseId).SetProperty(j => j.LeaseEndsAtMs, endsMs),
                j => j.RejectCode == null && j.LeaseId == null);
            if (mine)
                return row;
        }
    }
}
