using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Delivery;

/// <summary>Puts the digest of the receipt into the escrow. What the escrow holds decides, not what was sent.</summary>
internal sealed class JobSubmitting(JobJournal journal, EscrowClient escrow, TimeProvider time)
{
    public async Task<JobEntry?> SubmitAsync(JobEntry entry, CancellationToken stopping)
    {
        var receipt = entry.Receipt();
        var digest = receipt.Digest();
        if (await LookAsync(entry, receipt.JobId, digest, null, stopping) is { } known)
            return known;
        var job = (await escrow.FindJobAsync(receipt.JobId, stopping))!;
        if (job.ExpiredAt <= (ulong)time.GetUtcNow().ToUnixTimeSeconds())
            return Close(entry, "The payment expired before the result could be submitted.");
        try
        {
            // Where a committee may execute it again, what that has to give goes along with the digest.
            var sent = entry.Order().Terms.Reexecution is null
                ? await escrow.SubmitAsync(receipt.Provider, job.Id, digest, receipt.Charge, stopping)
                : await escrow.SubmitAsync(
                    receipt.Provider, job.Id, digest, receipt.Charge, ReexecutionResult.Of(receipt), stopping);
            return Submitted(entry, sent.Hash.ToString());
        }
        catch (Exception refused) when (refused is RpcException or TransactionRevertedException)
        {
            // An earlier sending may have arrived after the look above; then the state tells.
            if (await LookAsync(entry, receipt.JobId, digest, null, stopping) is { } late)
                return late;
            throw;
        }
    }

    /// <summary>
    /// The record that the state of the escrow demands, or null when the result is still to be submitted.
    /// </summary>
    private async Task<JobEntry?> LookAsync(
        JobEntry entry, Hash256 jobId, Hash256 digest, string? transaction, CancellationToken stopping)
    {
        var job = await escrow.FindJobAsync(jobId, stopping)
            ?? throw new IOException("The node does not know the job that it knew at admission.");
        return job.Status switch
        {
            EscrowStatus.Funded => null,
            EscrowStatus.Submitted or EscrowStatus.Completed when job.Deliverable == digest =>
                Submitted(entry, transaction),
            EscrowStatus.Submitted or EscrowStatus.Completed =>
                Close(entry, "Another result was submitted for the job."),
            _ => Close(entry, $"The job was refunded: {job.Status}."),
        };
    }

    private JobEntry Submitted(JobEntry entry, string? transaction) => journal.Append(
        entry.JobId,
        JobStep.Submitted,
        JsonSerializer.Serialize(new JobSubmission(transaction), ProviderJson.Default.JobSubmission));

    private JobEntry Close(JobEntry entry, string reason) => journal.Append(
        entry.JobId, JobStep.Closed, JsonSerializer.Serialize(new JobClosing(reason), ProviderJson.Default.JobClosing));
}
