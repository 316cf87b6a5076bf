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
    ProviderSelf self,
    ProviderLifetime lifetime,
    ProviderOptions options,
    TimeProvider time,
    ILogger<Reconciler> log) : BackgroundService
{
    /// <summary>Starts or joins the work on every open job; ends when each has come as far as it can now.</summary>
    public Task LookAsync()
    {
        var work = journal.Open().Select(e => AdvanceAsync(e.JobId)).ToList();
        journal.Forget(time.GetUtcNow() - options.Retention);
        return Task.WhenAll(work);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await self.WhenKnownAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.ReconcileInterval, time);
        do
        {
            // Not waited for: what one job is owed must not wait for the long run of another.
            _ = LookAsync();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task AdvanceAsync(string jobId)
    {
        try
        {
            await pipeline.AdvanceAsync(jobId, null, lifetime.Stopping);
        }
        catch (Exception defect)
        {
            // One broken job must not keep the others from being settled.
            log.LogError(defect, "The work on job {Job} broke.", jobId);
        }
    }
}
