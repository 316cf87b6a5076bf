using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>From Funded to an end: submit, complete, reject, claimRefund, claimPayment.</summary>
internal sealed class EscrowSettling(CallFrame frame)
{
    /// <summary>Seconds an evaluator without a window has after a submission, EVALUATION_GRACE_PERIOD.</summary>
    public const ulong GracePeriod = 3600;

    private static readonly AbiType ActionData = AbiType.Parse("(address,bytes32,bytes)");
    private static readonly AbiType ClaimData = AbiType.Parse("(address)");

    private readonly EscrowStorage storage = new(frame);
    private readonly EscrowPayout payout = new(frame);

    public void Submit(UInt256 id, Hash256 deliverable, byte[] options)
    {
        var job = storage.Existing(id);
        // A zero-budget job is not submittable, and a late provider cannot restart the grace period.
        if (job.Status != EscrowStatus.Funded || frame.Timestamp >= job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        Require(frame.Caller == job.Provider);
        var charge = ChargeOf(job, options);
        new EscrowHooks(frame, job).Around(EscrowAbi.Submit, ActionData, [deliverable, options], () =>
        {
            job.Charge = charge;
            job.Deliverable = deliverable;
            job.SubmittedAt = frame.Timestamp;
            job.Status = EscrowStatus.Submitted;
            frame.Emit(EscrowAbi.JobSubmitted.Encode(job.Id, job.Provider, deliverable));
            Credit(job);
        });
    }

    public void Complete(UInt256 id, Hash256 reason, byte[] options)
    {
        var job = storage.Existing(id);
        if (job.Status != EscrowStatus.Submitted)
            throw EscrowAbi.Error("WrongStatus");
        var isEvaluated = frame.Caller == job.Evaluator;
        Require(isEvaluated || IsHookOf(job));
        new EscrowHooks(frame, job).Around(
            EscrowAbi.Complete, ActionData, [reason, options], () => payout.Pay(job, reason, isEvaluated));
    }

    public void ClaimPayment(UInt256 id)
    {
        var job = storage.Existing(id);
        if (job.Status != EscrowStatus.Submitted || job.EvaluationWindow.IsZero)
            throw EscrowAbi.Error("WrongStatus");
        if (!WindowHasPassed(job))
            throw EscrowAbi.Error("GracePeriodActive");
        new EscrowHooks(frame, job).Around(
            EscrowAbi.ClaimPayment, ClaimData, [], () => payout.Pay(job, default, isEvaluated: false));
    }

    public void Reject(UInt256 id, Hash256 reason, byte[] options)
    {
        var job = storage.Existing(id);
        var judge = job.Status switch
        {
            EscrowStatus.Open => job.Client,
            EscrowStatus.Funded or EscrowStatus.Submitted => job.Evaluator,
            _ => throw EscrowAbi.Error("WrongStatus"),
        };
        var isVerdict = job.Status == EscrowStatus.Submitted && IsHookOf(job);
        Require(frame.Caller == judge || isVerdict);
        // Once the window has passed, the provider has earned its pay: a late evaluator cannot take it away.
        if (job.Status == EscrowStatus.Submitted && !isVerdict && !job.EvaluationWindow.IsZero && WindowHasPassed(job))
            throw EscrowAbi.Error("WrongStatus");
        new EscrowHooks(frame, job).Around(EscrowAbi.Reject, ActionData, [reason, options], () =>
        {
            job.Status = EscrowStatus.Rejected;
            payout.Refund(job, payout.Release(job));
            frame.Emit(EscrowAbi.JobRejected.Encode(job.Id, frame.Caller, reason));
        });
        if (isVerdict)
            payout.Slash(job, reason, UInt256.FromBigEndian(options));
    }

    // Never told to a hook, so that none can keep it from happening.
    public void ClaimRefund(UInt256 id)
    {
        var job = storage.Existing(id);
        var claimable = job.Status is EscrowStatus.Open or EscrowStatus.Funded
            || (job.Status == EscrowStatus.Submitted && job.EvaluationWindow.IsZero);
        if (!claimable || frame.Timestamp < job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        if (job.Status == EscrowStatus.Submitted && frame.Timestamp < job.SubmittedAt + GracePeriod)
            throw EscrowAbi.Error("GracePeriodActive");
        job.Status = EscrowStatus.Expired;
        payout.Refund(job, payout.Release(job));
        frame.Emit(EscrowAbi.JobExpired.Encode(job.Id));
    }

    private static UInt256 ChargeOf(EscrowJobSlots job, byte[] options)
    {
        if (!job.IsMetered || options.Length == 0)
            return job.Budget;
        // Of a job with a hook a second word may follow, which is the hook's.
        if (options.Length != UInt256.Length && (job.Hook.IsZero || options.Length != 2 * UInt256.Length))
            throw EscrowAbi.Error("BudgetMismatch");
        var charge = UInt256.FromBigEndian(options.AsSpan(0, UInt256.Length));
        return charge > job.Budget ? throw EscrowAbi.Error("BudgetMismatch") : charge;
    }

    // Decided here and now, so that whoever is silent or lies afterwards changes nothing of it.
    private void Credit(EscrowJobSlots job)
    {
        var level = job.Level;
        if (level.Seconds.IsZero || frame.Timestamp <= level.DueAt)
            return;
        job.Credit = level.CreditOf(job.Charge);
        frame.Emit(EscrowAbi.LevelMissed.Encode(job.Id, level.DueAt, job.Credit));
    }

    private bool WindowHasPassed(EscrowJobSlots job) => frame.Timestamp >= job.SubmittedAt + job.EvaluationWindow;

    private bool IsHookOf(EscrowJobSlots job) => !job.Hook.IsZero && frame.Caller == job.Hook;

    private static void Require(bool isAllowed)
    {
        if (!isAllowed)
            throw EscrowAbi.Error("Unauthorized");
    }
}
