using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>From Funded to an end: submit, complete, reject, claimRefund, claimPayment.</summary>
internal sealed class EscrowSettling(CallFrame frame)
{
    /// <summary>Seconds an evaluator without a window has after a submission, EVALUATION_GRACE_PERIOD.</summary>
    public const ulong GracePeriod = 3600;

    private static readonly UInt256 BasisPoints = 10_000;

    private readonly EscrowStorage storage = new(frame);

    public void Submit(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        // A zero-budget job is not submittable, and a late provider cannot restart the grace period.
        if (job.Status != EscrowStatus.Funded || frame.Timestamp >= job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        Require(frame.Caller == job.Provider);
        job.Charge = ChargeOf(job, (byte[])args[2]!);
        job.Deliverable = (Hash256)args[1]!;
        job.SubmittedAt = frame.Timestamp;
        job.Status = EscrowStatus.Submitted;
        frame.Emit(frame.Contract, EscrowAbi.JobSubmitted.Encode(job.Id, job.Provider, job.Deliverable));
    }

    public void Complete(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        if (job.Status != EscrowStatus.Submitted)
            throw EscrowAbi.Error("WrongStatus");
        Require(frame.Caller == job.Evaluator);
        Pay(job, (Hash256)args[1]!);
    }

    public void ClaimPayment(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        if (job.Status != EscrowStatus.Submitted || job.EvaluationWindow.IsZero)
            throw EscrowAbi.Error("WrongStatus");
        if (frame.Timestamp < job.SubmittedAt + job.EvaluationWindow)
            throw EscrowAbi.Error("GracePeriodActive");
        Pay(job, default);
    }

    public void Reject(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        var judge = job.Status switch
        {
            EscrowStatus.Open => job.Client,
            EscrowStatus.Funded or EscrowStatus.Submitted => job.Evaluator,
            _ => throw EscrowAbi.Error("WrongStatus"),
        };
        Require(frame.Caller == judge);
        // Once the window has passed, the provider has earned its pay: a late evaluator cannot take it away.
        if (job.Status == EscrowStatus.Submitted && !job.EvaluationWindow.IsZero
            && frame.Timestamp >= job.SubmittedAt + job.EvaluationWindow)
            throw EscrowAbi.Error("WrongStatus");
        job.Status = EscrowStatus.Rejected;
        Refund(job, Release(job));
        frame.Emit(frame.Contract, EscrowAbi.JobRejected.Encode(job.Id, frame.Caller, (Hash256)args[1]!));
    }

    public void ClaimRefund(object?[] args)
    {
        var job = Existing((UInt256)args[0]!);
        var claimable = job.Status is EscrowStatus.Open or EscrowStatus.Funded
            || (job.Status == EscrowStatus.Submitted && job.EvaluationWindow.IsZero);
        if (!claimable || frame.Timestamp < job.ExpiredAt)
            throw EscrowAbi.Error("WrongStatus");
        if (job.Status == EscrowStatus.Submitted && frame.Timestamp < job.SubmittedAt + GracePeriod)
            throw EscrowAbi.Error("GracePeriodActive");
        job.Status = EscrowStatus.Expired;
        Refund(job, Release(job));
        frame.Emit(frame.Contract, EscrowAbi.JobExpired.Encode(job.Id));
    }

    private static UInt256 ChargeOf(EscrowJobSlots job, byte[] options)
    {
        if (!job.IsMetered || options.Length == 0)
            return job.Budget;
        if (options.Length != UInt256.Length)
            throw EscrowAbi.Error("BudgetMismatch");
        var charge = UInt256.FromBigEndian(options);
        return charge > job.Budget ? throw EscrowAbi.Error("BudgetMismatch") : charge;
    }

    private void Pay(EscrowJobSlots job, Hash256 reason)
    {
        job.Status = EscrowStatus.Completed;
        var held = Release(job);
        var charge = job.Charge;
        var platform = charge * job.PlatformFee / BasisPoints;
        var evaluator = charge * job.EvaluatorFee / BasisPoints;
        var net = charge - platform - evaluator;
        if (!platform.IsZero)
        {
            Send(storage.Treasury, platform);
            frame.Emit(frame.Contract, EscrowAbi.PlatformFeePaid.Encode(job.Id, storage.Treasury, platform));
        }

        if (!evaluator.IsZero)
        {
            Send(job.Evaluator, evaluator);
            frame.Emit(frame.Contract, EscrowAbi.EvaluatorFeePaid.Encode(job.Id, job.Evaluator, evaluator));
        }

        if (!net.IsZero)
            Send(job.Provider, net);
        Refund(job, held - charge);
        frame.Emit(frame.Contract, EscrowAbi.JobCompleted.Encode(job.Id, frame.Caller, reason));
        frame.Emit(frame.Contract, EscrowAbi.PaymentReleased.Encode(job.Id, job.Provider, net));
    }

    // Takes what the job holds out of the books; an Open job holds nothing.
    private UInt256 Release(EscrowJobSlots job)
    {
        var held = job.Escrowed;
        job.Escrowed = default;
        storage.Held -= held;
        return held;
    }

    private void Refund(EscrowJobSlots job, UInt256 amount)
    {
        if (amount.IsZero)
            return;
        Send(job.Client, amount);
        frame.Emit(frame.Contract, EscrowAbi.Refunded.Encode(job.Id, job.Client, amount));
    }

    private void Send(Address to, UInt256 amount) => AitTokenContract.Move(frame, frame.Contract, to, amount);

    private EscrowJobSlots Existing(UInt256 id)
    {
        var job = storage.Job(id);
        return job.Client.IsZero ? throw EscrowAbi.Error("InvalidJob") : job;
    }

    private static void Require(bool isAllowed)
    {
        if (!isAllowed)
            throw EscrowAbi.Error("Unauthorized");
    }
}
