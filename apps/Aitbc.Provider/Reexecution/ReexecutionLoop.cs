using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Reexecution;

/// <summary>
/// Looks for disputes that name this provider, and works on one after the other, while it is willing to. Anybody can
/// name anybody on the chain: what does not come further is looked at less and less often.
/// </summary>
internal sealed class ReexecutionLoop(
    DisputeWatch watch,
    Reexecuting reexecuting,
    CoordinatorLink coordinator,
    ProviderSelf self,
    Reception reception,
    ProviderOptions options,
    TimeProvider time,
    ILogger<ReexecutionLoop> log) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<ulong, (DateTimeOffset Until, TimeSpan Pause)> waiting = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Reexecute || !coordinator.IsConfigured)
            return;
        var me = (await self.WhenKnownAsync(stoppingToken)).Address;
        using var timer = new PeriodicTimer(options.ReconcileInterval, time);
        do
        {
            await LookAsync(me, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(Address me, CancellationToken stopping)
    {
        try
        {
            var disputes = await watch.LookAsync(me, stopping);
            if (reception.Closed() is not null)
                return;
            foreach (var job in disputes.Where(IsDue))
                await AdvanceAsync(job, me, stopping);
        }
        catch (Exception later) when (IsForLater(later) && !stopping.IsCancellationRequested)
        {
            log.LogInformation("Disputes cannot be looked for now: {Reason}", later.Message);
        }
    }

    /// <summary>One that fails does not keep the others from their votes.</summary>
    private async Task AdvanceAsync(ulong job, Address me, CancellationToken stopping)
    {
        try
        {
            if (await reexecuting.AdvanceAsync(job, me, stopping))
            {
                watch.Close(job);
                waiting.Remove(job);
                return;
            }
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // Its deadline ends it; until then it is tried again.
            log.LogWarning("The dispute of the escrow's job {Job} waits: {Reason}", job, failure.Message);
        }

        var pause = waiting.TryGetValue(job, out var last) ? last.Pause * 2 : options.ReconcileInterval;
        pause = pause < LongestPause ? pause : LongestPause;
        waiting[job] = (time.GetUtcNow() + pause, pause);
    }

    private bool IsDue(ulong job) => !waiting.TryGetValue(job, out var wait) || time.GetUtcNow() >= wait.Until;

    private static bool IsForLater(Exception e) =>
        e is ChainUnavailableException or RpcException or AitbcException or HttpRequestException or IOException
            or OperationCanceledException;
}
