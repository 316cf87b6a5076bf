using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Reputation;

/// <summary>Counts scores that are due, at start and on a timer; one coordinator does it for all.</summary>
internal sealed class ReputationLoop(
    Standings standings, IStore store, CoordinatorOptions options, TimeProvider time, ILogger<ReputationLoop> log)
    : BackgroundService
{
    public async Task SweepAsync(CancellationToken cancel)
    {
        foreach (var provider in await standings.DueAsync(cancel))
            await TryCountAsync(provider, cancel);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TrySweepAsync(stoppingToken);
                await Task.Delay(TimeSpan.FromMilliseconds(options.BookIntervalMs), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start counts what is due.
        }
    }

    private async Task TrySweepAsync(CancellationToken stopping)
    {
        try
        {
            if (await store.LeadsAsync("reputation", stopping))
                await SweepAsync(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogError(failure, "A look at the scores failed; the next one starts anew.");
        }
    }

    /// <summary>One that fails does not keep the others from their turn.</summary>
    private async Task TryCountAsync(Address provider, CancellationToken cancel)
    {
        try
        {
            await standings.CountAsync(provider, cancel);
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            log.LogError(failure, "The score of {Provider} was not counted; the next look tries again.", provider);
        }
    }
}
