using System.Text.Json;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Chain;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Watches a delivered job until the escrow settled it, and claims the payment when the evaluator stays silent.
/// </summary>
internal sealed class JobSettlement(JobJournal journal, EscrowClient escrow, TimeProvider time)
{
    public async Task<JobEntry?> CheckAsync(JobEntry entry, CancellationToken stopping)
    {
        var receipt = entry.Receipt();
        if (await escrow.FindJobAsync(receipt.JobId, stopping) is not { } job)
            return null;
        if (job.IsTerminal)
        {
            var reason = job.Status == EscrowStatus.Completed ? "Paid." : $"Not paid: {job.Status}.";
            return journal.Append(
                entry.JobId,
                JobStep.Closed,
                JsonSerializer.Serialize(new JobClosing(reason), ProviderJson.Default.JobClosing));
        }

        if (SilentTooLong(job))
            await escrow.ClaimPaymentAsync(receipt.Provider, job.Id, stopping);
        return null;
    }

    private bool SilentTooLong(EscrowJob job) =>
        job.Status == EscrowStatus.Submitted
        && job.EvaluationWindow > 0
        && (ulong)time.GetUtcNow().ToUnixTimeSeconds() >= job.SubmittedAt + job.EvaluationWindow;
}
