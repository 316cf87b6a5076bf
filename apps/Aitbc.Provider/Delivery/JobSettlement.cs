using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// Watches a delivered job until the escrow settled it, and claims the payment when the evaluator stays silent.
/// </summary>
internal sealed class JobSettlement(JobJournal journal, EscrowClient escrow, EarningBook book, TimeProvider time)
{
    private const string TokenUnits = "token";

    public async Task<JobEntry?> CheckAsync(JobEntry entry, CancellationToken stopping)
    {
        var receipt = entry.Receipt();
        if (await escrow.FindJobAsync(receipt.JobId, stopping) is not { } job)
            return null;
        if (job.IsTerminal)
        {
            // Before the job counts as closed: a crash between the two finds it there by its id.
            if (job.Status == EscrowStatus.Completed)
                book.Restore([Earned(entry, receipt, job.Payment)]);
            var reason = job.Status == EscrowStatus.Completed ? "Paid." : $"Not paid: {job.Status}.";
            return journal.Append(
                entry.JobId,
                JobStep.Closed,
                JsonSerializer.Serialize(new JobClosing(reason), ProviderJson.Default.JobClosing));
        }

        if (SilentTooLong(job))
            await ClaimAsync(receipt.Provider, job.Id, stopping);
        return null;
    }

    private async Task ClaimAsync(Address provider, ulong job, CancellationToken stopping)
    {
        try
        {
            await escrow.ClaimPaymentAsync(provider, job, stopping);
        }
        catch (RpcException refused) when (refused.IsRevert("DisputeOpen"))
        {
            // The committee decides first, or its time ends.
        }
    }

    // By the end of the work, which is the same whenever the settlement is seen.
    private static EarningLine Earned(JobEntry entry, Receipt receipt, UInt256 payment) => new(
        receipt.JobId, (long)receipt.EndedAtMs, EarningWays.Escrow, entry.Order().Spec.Chat?.Model ?? receipt.Engine,
        receipt.Client, 1, 0, receipt.UnitKind == TokenUnits ? receipt.Units : 0, payment);

    private bool SilentTooLong(EscrowJob job) =>
        job.Status == EscrowStatus.Submitted
        && job.EvaluationWindow > 0
        && (ulong)time.GetUtcNow().ToUnixTimeSeconds() >= job.SubmittedAt + job.EvaluationWindow;
}
