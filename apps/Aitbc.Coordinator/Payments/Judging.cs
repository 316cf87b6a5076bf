using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Payments;

/// <summary>The evaluator's judgement of a submitted result.</summary>
internal sealed class Judging(
    BlobStore blobs, Comparing comparing, Accepting accepting, CoordinatorOptions options, TimeProvider time)
{
    /// <summary>
    /// Nobody can refuse a job that a committee decides about: what is wrong is told, and left to who disputes it.
    /// </summary>
    public async Task<SettlementStep> JudgeAsync(
        JobRow row, EscrowJob escrow, Dispute? dispute, CancellationToken cancel)
    {
        if (dispute is null)
            return await JudgeAsync(row, escrow, cancel);
        if (await accepting.IsToldAsync(row.Id, Accepting.Code, cancel))
            return new SettlementStep.Complete();
        var fault = row.ReceiptFile() is { } file
            ? await FaultAsync(row, file, escrow, dispute, cancel)
            : DisputeDecision.Missing(escrow, Now(), options.ResultGraceSeconds);
        if (fault is not null && !await accepting.IsToldAsync(row.Id, fault.Code, cancel))
            return fault;
        return fault is null && row.ReceiptJson is not null && Now() >= Half(escrow)
            ? new SettlementStep.Complete() : new SettlementStep.Nothing();
    }

    private async Task<SettlementStep.Tell?> FaultAsync(
        JobRow row, ReceiptFile file, EscrowJob escrow, Dispute dispute, CancellationToken cancel)
    {
        var terms = row.Terms();
        if ((ReceiptRules.Problem(terms, row.Spec(), file)
            ?? ReexecutionResult.Difference(terms, file.Receipt, escrow, dispute.Claimed)) is { } problem)
            return new SettlementStep.Tell(ProblemCodes.ReceiptInvalid, problem);
        return await blobs.ReadAsync(file.Receipt.OutputHash, cancel) is null
            ? new SettlementStep.Tell("output_corrupt", "The output is not here with the hash of the receipt.") : null;
    }

    private async Task<SettlementStep> JudgeAsync(JobRow row, EscrowJob escrow, CancellationToken cancel)
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
        return await comparing.OfAsync(row, cancel) switch
        {
            Comparison.Refuted refuted => new SettlementStep.Condemn(ProblemCodes.ResultDisagrees, refuted.Detail),
            Comparison.Contradicted other => new SettlementStep.Tell(ProblemCodes.ResultDisagrees, other.Detail),
            Comparison.Waits when Now() < Half(escrow) => new SettlementStep.Nothing(),
            _ => new SettlementStep.Complete(),
        };
    }

    private ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();

    private static ulong Half(EscrowJob escrow) => escrow.SubmittedAt + (escrow.EvaluationWindow / 2);
}
