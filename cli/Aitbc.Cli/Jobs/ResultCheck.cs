using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>
/// Whether what a coordinator hands over is what the chain says was paid: its own word counts for nothing.
/// </summary>
internal static class ResultCheck
{
    public static ReceiptVerification Verify(
        JobView job, ReceiptFile file, EscrowJob onChain, Dispute? dispute, byte[] output)
    {
        if (job.Terms.Hash() != onChain.Terms)
            return Contradicted("The market tells other terms than those that the escrow holds.");
        if (!JobLevel.IsHeld(job.Terms.Level, onChain.Level))
            return Contradicted("The escrow holds the provider to another level than the terms.");
        var receipt = file.Receipt;
        if (receipt.JobId != onChain.JobKey || receipt.SpecHash != job.Terms.SpecHash)
            return new ReceiptVerification(ReceiptVerdict.Malformed, "The receipt is of another job.");
        var verified = ReceiptVerifier.Verify(file, [onChain.Provider], output);
        if (!verified.IsValid)
            return verified;
        if (onChain.Deliverable != Hash256.Zero && onChain.Deliverable != receipt.Digest())
            return Contradicted("The provider delivered another receipt to the escrow.");
        if (job.Credit is { } told && told != (onChain.IsLate ? onChain.Level!.Credit : UInt256.Zero))
            return Contradicted("The market tells another credit than the escrow.");
        if (onChain.Deliverable != Hash256.Zero && Doubtful(job, receipt, onChain, dispute) is { } doubt)
            return Contradicted(doubt);
        return (job.Units ?? receipt.Units) == receipt.Units && (job.Charge ?? receipt.Charge) == receipt.Charge
            ? verified
            : Contradicted("The market tells other units or another charge than the receipt.");
    }

    // What a committee would vote on must be what was handed over: else it would find another thing right.
    private static string? Doubtful(JobView job, Receipt receipt, EscrowJob onChain, Dispute? dispute)
    {
        if (job.Terms.Reexecution is not { } agreed)
            return null;
        return dispute?.HasTermsOf(agreed) != true
            ? "The escrow names another committee, or another price of a dispute, than the terms."
            : ReexecutionResult.Difference(job.Terms, receipt, onChain, dispute.Claimed);
    }

    private static ReceiptVerification Contradicted(string detail) => new(ReceiptVerdict.ContradictsChain, detail);
}
