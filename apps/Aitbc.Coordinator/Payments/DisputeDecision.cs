using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Payments;

/// <summary>
/// What to do next for a job with the re-execution hook, which nobody can reject once it is funded: it is refunded at
/// its expiry, judged by who disputes it, and otherwise paid.
/// </summary>
internal static class DisputeDecision
{
    public static SettlementStep Next(JobRow row, EscrowJob escrow, Dispute dispute, long now)
    {
        if (escrow.Status == EscrowStatus.Funded)
            return Paid(row, escrow, now);
        if (JobStateMachine.IsTerminal(row.State))
            return new SettlementStep.Nothing(); // it ended as unpaid; what was paid later goes its way on the chain
        if (row.State is not (JobState.Submitted or JobState.Disputed))
            return SettlementDecision.TowardsSubmitted(row);
        if (!dispute.IsOpen)
            // Paid for other terms than were agreed: the market does not complete that, whatever comes for it.
            return row.RejectCode == ProblemCodes.PaymentWrongTerms
                ? new SettlementStep.Nothing() : new SettlementStep.Judge();
        if (row.State == JobState.Submitted)
            return new SettlementStep.Move(JobState.Disputed, "disputed");
        var over = Math.Max(dispute.Deadline, escrow.SubmittedAt + escrow.EvaluationWindow);
        return (ulong)now >= over ? new SettlementStep.ClaimPayment() : new SettlementStep.Nothing();
    }

    /// <summary>What is told when the result of a submission does not come.</summary>
    public static SettlementStep.Tell? Missing(EscrowJob escrow, ulong now, long resultGrace) =>
        now >= escrow.SubmittedAt + (ulong)resultGrace
            ? new SettlementStep.Tell("result_missing", "A deliverable was submitted and no result came.") : null;

    /// <summary>What the votes mean, for the story.</summary>
    public static string Sentence(Dispute dispute) => dispute.State switch
    {
        DisputeState.Disputed =>
            $" {dispute.Disputer} staked {Amount.FromAtto(dispute.Stake)}; "
            + $"a committee of {dispute.Reexecutors.Count} votes until "
            + $"{DateTimeOffset.FromUnixTimeSeconds((long)dispute.Deadline):u}.",
        DisputeState.Confirmed => $" The committee computed the same result {dispute.Result}.",
        DisputeState.Refuted => $" The committee computed {dispute.Result}, the provider claimed {dispute.Claimed}.",
        DisputeState.Lapsed => " The committee had no majority in time.",
        _ => "",
    };

    private static SettlementStep Paid(JobRow row, EscrowJob escrow, long now)
    {
        if ((ulong)now >= escrow.ExpiredAt)
            return new SettlementStep.ClaimRefund();
        return row is { State: JobState.Quoted, RejectCode: null }
            ? new SettlementStep.Move(JobState.Funded, "funded") : new SettlementStep.Nothing();
    }
}
