using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Delivery;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Payments;

/// <summary>The evaluator's judgement of a submitted result.</summary>
internal sealed class Judging(BlobStore blobs, Comparing comparing, TimeProvider time)
{
    public async Task<SettlementStep> JudgeAsync(JobRow row, EscrowJob escrow, CancellationToken cancel)
    {
        var file = row.ReceiptFile()!;
        if (ReceiptRules.Problem(row.Terms(), row.Spec(), file) is { } problem)
            return new SettlementStep.Condemn(ProblemCodes.ReceiptInvalid, problem);
        if (file.Receipt.Digest() != escrow.Deliverable)
            return new SettlementStep.Condemn(
                ProblemCodes.ReceiptInvalid, "The receipt's digest is not the deliverable in the escrow.");
        if (file.Receipt.Charge != escrow.Charge)
            return new SettlementStep.Condemn(
                ProblemCodes.ReceiptInvalid, "The charge in the escrow is not the receipt's.");

        // Reading verifies the hash of the bytes.
        return await blobs.ReadAsync(file.Receipt.OutputHash, cancel) is null
            ? new SettlementStep.Condemn("output_corrupt", "The output is not here with the hash of the receipt.")
            : await CompareAsync(row, escrow, cancel);
    }

    /// <summary>
    /// Half of the window is left to the settlement, so that a provider is paid though others are late.
    /// </summary>
    private async Task<SettlementStep> CompareAsync(JobRow row, EscrowJob escrow, CancellationToken cancel)
    {
        var latest = escrow.SubmittedAt + (escrow.EvaluationWindow / 2);
        return await comparing.OfAsync(row, cancel) switch
        {
            Comparison.Refuted refuted => new SettlementStep.Condemn(ProblemCodes.ResultDisagrees, refuted.Detail),
            Comparison.Contradicted other => new SettlementStep.Tell(ProblemCodes.ResultDisagrees, other.Detail),
            Comparison.Waits when (ulong)time.GetUtcNow().ToUnixTimeSeconds() < latest => new SettlementStep.Nothing(),
            _ => new SettlementStep.Complete(),
        };
    }
}
