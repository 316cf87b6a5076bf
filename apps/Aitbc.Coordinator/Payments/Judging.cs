using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Delivery;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Payments;

/// <summary>The evaluator's judgement of a submitted result.</summary>
internal sealed class Judging(BlobStore blobs)
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
            : new SettlementStep.Complete();
    }
}
