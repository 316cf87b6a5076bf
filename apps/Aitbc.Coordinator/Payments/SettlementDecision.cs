using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Payments;

/// <summary>The one next thing to do about a job.</summary>
internal abstract record SettlementStep
{
    /// <summary>Wait.</summary>
    public sealed record Nothing : SettlementStep;

    /// <summary>Neither the row nor the escrow can change any more.</summary>
    public sealed record Forget : SettlementStep;

    /// <summary>The chain is ahead of the row.</summary>
    public sealed record Move(JobState To, string What, string? Reason = null) : SettlementStep;

    /// <summary>Keep the reason for a rejection, which a restart then repeats.</summary>
    public sealed record Condemn(string Code, string Detail) : SettlementStep;

    /// <summary>Write into the story what was found, once; it changes nothing of the payment.</summary>
    public sealed record Tell(string Code, string Detail) : SettlementStep;

    /// <summary>Write down that the level was missed, and what that takes from the payment.</summary>
    public sealed record Credit(UInt256 Amount) : SettlementStep;

    /// <summary>Look at the result and decide between <see cref="Complete"/> and <see cref="Condemn"/>.</summary>
    public sealed record Judge : SettlementStep;

    /// <summary>Send <c>complete</c>.</summary>
    public sealed record Complete : SettlementStep;

    /// <summary>Send <c>reject</c>.</summary>
    public sealed record Reject(string Code) : SettlementStep;

    /// <summary>Send <c>claimRefund</c>.</summary>
    public sealed record ClaimRefund : SettlementStep;

    /// <summary>Send <c>claimPayment</c>, which gives a stake back that nobody decided about.</summary>
    public sealed record ClaimPayment : SettlementStep;
}

/// <summary>
/// Decides from the row and the escrow's state what to do next; it asks nobody and changes nothing, so that the same
/// state leads to the same step before and after any crash.
/// </summary>
internal static class SettlementDecision
{
    private const long AfterExpiry = 3600;

    /// <param name="row">The job.</param>
    /// <param name="escrow">What the escrow holds; null = nothing.</param>
    /// <param name="dispute">What the hook of the terms holds; null = the terms or the escrow have none.</param>
    /// <param name="now">Unix time in seconds.</param>
    /// <param name="resultGrace">Seconds from a submission to its result.</param>
    public static SettlementStep Next(
        JobRow row, EscrowJob? escrow, Dispute? dispute, long now, long resultGrace)
    {
        if (escrow is null || escrow.Status == EscrowStatus.Open)
            return Unpaid(row, now);
        if (escrow.IsTerminal)
            return Ended(row, escrow, dispute);
        var terms = row.Terms();
        if (escrow.Evaluator != terms.Evaluator || escrow.Hook.IsZero == dispute is not null)
            return Unpaid(row, now); // others judge that job: it is not the one that was quoted
        if (row.RejectCode is null && Mismatch(terms, escrow, dispute) is { } difference)
            return new SettlementStep.Condemn(
                ProblemCodes.PaymentWrongTerms, $"The escrow holds another {difference} than the terms.");
        if (dispute is not null)
            return DisputeDecision.Next(row, escrow, dispute, now);
        return escrow.Status == EscrowStatus.Funded ? Paid(row, escrow, now) : Submitted(row, escrow, now, resultGrace);
    }

    private static SettlementStep Unpaid(JobRow row, long now)
    {
        if (row.State == JobState.Quoted && now >= row.ExpiresAt)
            return new SettlementStep.Move(JobState.Refunded, "expired", "expired");
        return JobStateMachine.IsTerminal(row.State) && now >= row.ExpiresAt + AfterExpiry
            ? new SettlementStep.Forget() : new SettlementStep.Nothing();
    }

    private static SettlementStep Ended(JobRow row, EscrowJob escrow, Dispute? dispute)
    {
        if (JobStateMachine.IsTerminal(row.State))
            return new SettlementStep.Forget();
        if (escrow.Status == EscrowStatus.Completed)
        {
            if (row.State is not (JobState.Submitted or JobState.Disputed))
                return TowardsSubmitted(row);
            return Unseen(row, escrow) ?? (SettlementStep)new SettlementStep.Move(JobState.Settled, "settled");
        }

        var code = (escrow.Status, dispute) switch
        {
            (EscrowStatus.Expired, null) => "expired",
            (EscrowStatus.Expired, _) => row.RejectCode ?? "expired", // nobody could reject it before
            (_, { State: DisputeState.Refuted }) => ProblemCodes.ResultRefuted,
            _ => row.RejectCode ?? "rejected",
        };
        return new SettlementStep.Move(JobState.Refunded, "refunded", code);
    }

    private static SettlementStep Paid(JobRow row, EscrowJob escrow, long now)
    {
        if (row.State == JobState.Refunded)
            return new SettlementStep.Reject(row.Reason ?? Cancelling.Code);
        if (row.RejectCode is { } code)
            return new SettlementStep.Reject(code);
        if ((ulong)now >= escrow.ExpiredAt)
            return new SettlementStep.ClaimRefund();
        return row.State == JobState.Quoted
            ? new SettlementStep.Move(JobState.Funded, "funded") : new SettlementStep.Nothing();
    }

    private static SettlementStep Submitted(JobRow row, EscrowJob escrow, long now, long resultGrace)
    {
        if (row.State == JobState.Refunded)
            return new SettlementStep.Reject(row.Reason ?? Cancelling.Code);

        // A provider that had delivered before the client's change of mind, or before it was given up, is judged by its
        // work.
        if (row.RejectCode is { } code && code is not (Cancelling.Code or LeaseDesk.Vanished))
            return new SettlementStep.Reject(code);
        if (row.State is not (JobState.Submitted or JobState.Disputed))
            return TowardsSubmitted(row);
        if (Unseen(row, escrow) is { } credit)
            return credit;
        if (row.ReceiptJson is not null)
            return new SettlementStep.Judge();
        return now >= (long)escrow.SubmittedAt + resultGrace
            ? new SettlementStep.Condemn("result_missing", "A deliverable was submitted and no result came.")
            : new SettlementStep.Nothing();
    }

    /// <summary>Before the job settles, since its end counts for the provider by it.</summary>
    private static SettlementStep.Credit? Unseen(JobRow row, EscrowJob escrow) =>
        row.Credit is null && escrow.IsLate ? new SettlementStep.Credit(escrow.Level!.Credit) : null;

    public static SettlementStep.Move TowardsSubmitted(JobRow row) => row.State == JobState.Quoted
        ? new SettlementStep.Move(JobState.Funded, "funded")
        : new SettlementStep.Move(JobState.Submitted, "submitted");

    /// <summary>The name of the first part in which the escrow differs from the terms; null if none does.</summary>
    private static string? Mismatch(JobTerms terms, EscrowJob escrow, Dispute? dispute)
    {
        if (terms.Reexecution is { } agreed && dispute?.HasTermsOf(agreed) != true)
            return dispute is null ? "hook" : "committee, bond, fee or time to vote";
        if (escrow.Terms != terms.Hash())
            return "hash of terms";
        if (escrow.Provider != terms.Provider)
            return "provider";
        if (escrow.Client != terms.Client)
            return "client";
        if (escrow.PaymentToken != SystemContractAddresses.Token)
            return "token";
        if (escrow.Budget < terms.Budget)
            return "budget";
        if (escrow.EvaluationWindow != terms.EvaluationWindow)
            return "evaluation window";
        if (!JobLevel.IsHeld(terms.Level, escrow.Level))
            return "level";
        return escrow.ExpiredAt != terms.ExpiresAt ? "expiry" : null;
    }
}
