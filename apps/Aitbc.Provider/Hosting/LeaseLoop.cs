using Aitbc.Provider.Delivery;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// Takes work from the coordinator by long polling: outbound only, so a provider needs no open port. It asks only while
/// there is room, and what it is given passes the same admission as the direct door.
/// </summary>
internal sealed class LeaseLoop(
    CoordinatorLink coordinator,
    JobIntake intake,
    ExecutionSlots slots,
    ProviderSelf self,
    Reception reception,
    OwnerMode mode,
    ProviderLifetime lifetime,
    TimeProvider time,
    ILogger<LeaseLoop> log) : BackgroundService
{
    private const int WaitSeconds = 20;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!coordinator.IsConfigured)
            return;
        await self.WhenKnownAsync(stoppingToken);
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var worked = await TurnAsync(stoppingToken);
                pause = worked ? ShortestPause : pause;
                if (worked)
                    continue;
            }
            catch (Exception away) when (away is AitbcException or HttpRequestException or IOException)
            {
                log.LogWarning("The coordinator gave no work: {Reason}", away.Message);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    /// <summary>One question to the coordinator; false when this provider had no room to ask.</summary>
    private async Task<bool> TurnAsync(CancellationToken stopping)
    {
        if (reception.Closed() is not null || slots.Reserved >= slots.Capacity)
            return false;
        // A question that is open when the owner pauses is taken back: what it leased would only wait for its end.
        using var open = CancellationTokenSource.CreateLinkedTokenSource(stopping, mode.UntilPaused);
        try
        {
            if (await coordinator.LeaseAsync(WaitSeconds, open.Token) is { } lease)
                _ = WorkAsync(lease);
            return true;
        }
        catch (OperationCanceledException) when (open.IsCancellationRequested && !stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task WorkAsync(LeasedJob lease)
    {
        using var beating = CancellationTokenSource.CreateLinkedTokenSource(lifetime.Stopping);
        var beats = BeatAsync(lease, beating.Token);
        try
        {
            var entry = await intake.TakeAsync(lease.Order, Empty, lifetime.Stopping);
            log.LogInformation("Job {Job} is {Step}.", entry.JobId, entry.Step);
        }
        catch (AitbcException refusal) when (refusal.Problem.Code == ProblemCodes.PaymentUsed)
        {
            // Leased again after a reconnection: the journal has it and the reconciler moves it on.
            log.LogInformation("Job {Job} is already here.", lease.Order.JobId());
        }
        catch (AitbcException refusal)
        {
            log.LogWarning("Job {Job} is refused: {Code}", lease.Order.JobId(), refusal.Problem.Code);
            // What may succeed later is left to the lease's end: a report would make the evaluator refund the client.
            if (!refusal.Problem.Retryable)
                await TellAsync(lease, refusal.Problem);
        }
        catch (OperationCanceledException)
        {
            // The provider stops; the journal knows how far the job is.
        }
        catch (Exception defect)
        {
            log.LogError(defect, "The work on job {Job} broke.", lease.Order.JobId());
        }
        finally
        {
            await beating.CancelAsync();
            await beats;
        }
    }

    private async Task TellAsync(LeasedJob lease, AitbcProblem problem)
    {
        try
        {
            await coordinator.FailedAsync(lease.Order.Terms.JobId, problem.Code, problem.Detail, lifetime.Stopping);
        }
        catch (Exception away) when (
            away is AitbcException or HttpRequestException or IOException or OperationCanceledException)
        {
            // Nothing was executed; the lease runs out and the coordinator decides.
            log.LogWarning("The coordinator was not told of a refusal: {Reason}", away.Message);
        }
    }

    /// <summary>Keeps the lease alive three times within its length until the work ends.</summary>
    private async Task BeatAsync(LeasedJob lease, CancellationToken ending)
    {
        var length = lease.ExpiresAt - time.GetUtcNow();
        var third = length / 3 > ShortestPause ? length / 3 : ShortestPause;
        try
        {
            using var timer = new PeriodicTimer(third, time);
            await coordinator.RunningAsync(lease.Order.Terms.JobId, ending);
            while (await timer.WaitForNextTickAsync(ending))
                await coordinator.BeatAsync(lease.LeaseId, ending);
        }
        catch (OperationCanceledException)
        {
            // The work ended.
        }
        catch (Exception away) when (away is AitbcException or HttpRequestException or IOException)
        {
            // A lost lease does not stop paid work: the chain decides who is paid.
            log.LogWarning("The lease of job {Job} is not kept: {Reason}", lease.Order.JobId(), away.Message);
        }
    }

    private static readonly IReadOnlyDictionary<Primitives.Hash256, byte[]> Empty =
        new Dictionary<Primitives.Hash256, byte[]>();
}
