using Aitbc.Provider.Journal;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Moves an admitted job as far as it can go now: execute, sign, submit, deliver, settle. Each step ends with its
/// record; a step that cannot be done now (node or coordinator away) leaves the job where it is for the next look.
/// </summary>
internal sealed class JobPipeline(
    JobJournal journal,
    ActiveJobs active,
    JobExecution execution,
    JobSigning signing,
    JobSubmitting submitting,
    JobDelivering delivering,
    JobSettlement settlement,
    ILogger<JobPipeline> log)
{
    /// <summary>Starts or joins the work on a job. The task ends with the last record that could be reached.</summary>
    public Task<JobEntry> AdvanceAsync(string jobId, ExecutionSlots.Place? place, CancellationToken stopping)
    {
        var work = active.Run(jobId, () => WorkAsync(jobId, place, stopping), out var started);
        if (!started)
            place?.Dispose();
        return work;
    }

    private async Task<JobEntry> WorkAsync(string jobId, ExecutionSlots.Place? place, CancellationToken stopping)
    {
        var resumed = place is null;
        var entry = journal.Find(jobId)!;
        try
        {
            while (entry.Step != JobStep.Closed)
            {
                var next = await StepAsync(entry, place, resumed, stopping);
                if (next is null)
                    break;
                entry = next;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("Job {Job} pauses at {Step}: the provider stops.", jobId, entry.Step);
        }
        catch (Exception later) when (IsForLater(later))
        {
            log.LogWarning("Job {Job} waits at {Step}: {Reason}", jobId, entry.Step, later.Message);
        }
        finally
        {
            place?.Dispose();
        }

        return journal.Find(jobId)!;
    }

    /// <summary>One step; null means that somebody else must act first.</summary>
    private async Task<JobEntry?> StepAsync(
        JobEntry entry, ExecutionSlots.Place? place, bool resumed, CancellationToken stopping) => entry.Step switch
        {
            JobStep.Admitted or JobStep.Executing => await execution.ExecuteAsync(entry, place, resumed, stopping),
            JobStep.Executed => await signing.SignAsync(entry, stopping),
            JobStep.Signed => await submitting.SubmitAsync(entry, stopping),
            JobStep.Submitted => await delivering.DeliverAsync(entry, stopping),
            JobStep.Failed => await delivering.ReportFailureAsync(entry, stopping),
            JobStep.Delivered => await settlement.CheckAsync(entry, stopping),
            _ => null,
        };

    /// <summary>
    /// What others do to a call: tried again at the next look. A defect here is none of these and is not hidden.
    /// </summary>
    private static bool IsForLater(Exception e) =>
        e is ChainUnavailableException or RpcException or TransactionOutcomeUnknownException
            or TransactionRevertedException or AitbcException or HttpRequestException
            or IOException or OperationCanceledException;
}
