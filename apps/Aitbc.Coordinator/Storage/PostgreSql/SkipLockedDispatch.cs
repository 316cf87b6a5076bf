using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// The claims of this coordinator, many in one transaction, with all their moves and events, as every move has its
/// event in its transaction. Other coordinators do the same at the same time.
/// </summary>
internal sealed class SkipLockedDispatch : IDispatch, IAsyncDisposable
{
    private readonly ILogger<SkipLockedDispatch> log;
    private readonly ClaimStatement statement;
    private readonly ClaimQueue queue;

    public SkipLockedDispatch(NpgsqlDataSource source, ILogger<SkipLockedDispatch> log)
    {
        this.log = log;
        statement = new ClaimStatement(source);
        queue = new ClaimQueue(TakeAsync);
    }

    public Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel) =>
        queue.ClaimAsync(provider, claim, cancel);

    public ValueTask DisposeAsync() => statement.DisposeAsync();

    private async Task<IReadOnlyList<JobRow?>> TakeAsync(IReadOnlyList<PendingClaim> claims)
    {
        // Those of a provider stand together, who came first before who came later.
        var order = Enumerable.Range(0, claims.Count).OrderBy(i => claims[i].Provider).ToArray();
        var taken = await statement.TakeAsync([.. order.Select(i => (claims[i].Provider, claims[i].Claim))]);
        var rows = new JobRow?[claims.Count];
        for (var place = 0; place < order.Length; place++)
        {
            if (taken[place] is not { } one)
                continue;
            var claim = claims[order[place]];
            rows[order[place]] = one.Row;
            JobMoves.Log(log, one.Event, JobMoves.EventOf(
                one.Row.Id, one.Row.UpdatedAtMs, LeaseDesk.NoteOf(claim.Provider, claim.Claim)));
        }

        return rows;
    }
}
