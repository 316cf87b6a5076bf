using System.Text.Json;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Errors;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Delivery;

/// <summary>Brings output and receipt, or the reason of a failure, to the coordinator.</summary>
internal sealed class JobDelivering(JobJournal journal, CoordinatorLink coordinator, ILogger<JobDelivering> log)
{
    public async Task<JobEntry> DeliverAsync(JobEntry entry, CancellationToken stopping)
    {
        var order = entry.Order();
        var output = journal.ReadOutput(entry.JobId)
            ?? throw new InvalidOperationException($"The output of job {entry.JobId} is gone from this disk.");
        var told = await TellAsync(
            entry.JobId, () => coordinator.ResultAsync(order.Terms.JobId, entry.ReceiptFile()!, output, stopping));
        return journal.Append(entry.JobId, JobStep.Delivered, told ? "delivered" : "the coordinator does not take it");
    }

    public async Task<JobEntry> ReportFailureAsync(JobEntry entry, CancellationToken stopping)
    {
        var failure = entry.Failure()!;
        await TellAsync(
            entry.JobId,
            () => coordinator.FailedAsync(entry.Order().Terms.JobId, failure.Code, failure.Detail, stopping));
        return journal.Append(
            entry.JobId,
            JobStep.Closed,
            JsonSerializer.Serialize(new JobClosing($"Failed: {failure.Code}."), ProviderJson.Default.JobClosing));
    }

    /// <summary>
    /// False when there is no coordinator, or it answers that this job is none of its business now. What may help later
    /// (a retryable problem, no answer) is thrown and tried again.
    /// </summary>
    private async Task<bool> TellAsync(string jobId, Func<Task> tell)
    {
        if (!coordinator.IsConfigured)
            return false;
        try
        {
            await tell();
            return true;
        }
        catch (AitbcException refusal) when (
            !refusal.Problem.Retryable
                && refusal.Problem.Code is not (ProblemCodes.Unauthorized or ProblemCodes.UnexpectedAnswer))
        {
            log.LogWarning("The coordinator does not take job {Job}: {Reason}", jobId, refusal.Problem.Detail);
            return false;
        }
    }
}
