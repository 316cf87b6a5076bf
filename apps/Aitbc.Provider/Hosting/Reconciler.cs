using Aitbc.Provider.Delivery;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Self;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// Looks at every open job on start and on a timer and moves it on from the state of the chain. Nothing depends on an
/// event that could be missed.
/// </summary>
internal sealed class Reconciler(
    JobJournal journal,
    JobPipeline pipeline,
    ActiveJobs active,
    ProviderSelf self,
    ProviderLifetime lifetime,
    ProviderOptions options,
    TimeProvider time,
    ILogger<Reconciler> log) : BackgroundService
{
    /// <summary>Starts the work on every open job on which nobody works, and waits for all of it.</summary>
    public async Task LookAsync()
    {
        var started = journal.Open()
            .Where(e => !active.Contains(e.JobId))
            .Select(e => pipeline.AdvanceAsync(e.JobId, null, lifetime.Stopping))
            .ToList();
        foreach (var work in started)
        {
            try
            {
                await work;
            }
            catch (Exception defect)
            {
                // One broken job must not keep the others from being settled.
                log.LogError(defect, "The work on a job broke.");
            }
        }

        journal.Forget(time.GetUtcNow() - options.Retention);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await self.WhenKnownAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.ReconcileInterval, time);
        do
            await LookAsync();
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
