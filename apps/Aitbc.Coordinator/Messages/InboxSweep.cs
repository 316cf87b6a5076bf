using Aitbc.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Messages;

/// <summary>Removes messages whose time is over from inboxes that nobody writes to or reads any more.</summary>
internal sealed class InboxSweep(
    IDbContextFactory<CoordinatorDbContext> databases, IStore store, TimeProvider time, ILogger<InboxSweep> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>One pass; how many went.</summary>
    public async Task<int> PassAsync(CancellationToken cancel)
    {
        if (!await store.LeadsAsync("inboxes", cancel))
            return 0;
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Messages.Where(m => m.ExpiresAtMs <= nowMs).ExecuteDeleteAsync(cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The daemon ends.
        }
    }

    private async Task TryAsync(CancellationToken cancel)
    {
        try
        {
            await PassAsync(cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What is over is shown to nobody meanwhile.
            log.LogWarning("Old messages were not removed: {Reason}", e.Message);
        }
    }
}
