using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>The job escrow: reads its calls and hands them to opening, settling and views.</summary>
internal sealed class JobEscrowContract : ISystemContract
{
    public Address Address => SystemContracts.JobEscrow;

    public Hash256? HeldSlot => EscrowStorage.HeldSlot;

    public byte[] Execute(CallFrame frame)
    {
        frame.Charge(GasSchedule.Dispatch + (GasSchedule.Word * GasSchedule.Words(frame.Data.Length)));
        var call = new AbiCall(frame.Data);
        if (call.Is(EscrowAbi.OpenJob, out var args))
        {
            return EscrowAbi.OpenJob.EncodeResult(new EscrowOpening(frame).OpenJob(args));
        }

        // Only openJob takes coins along.
        if (!frame.Value.IsZero)
            throw RevertException.Silent();
        return View(frame, call) ?? Open(frame, call) ?? Settle(frame, call) ?? throw RevertException.Silent();
    }

    private static byte[]? Open(CallFrame frame, AbiCall call)
    {
        var opening = new EscrowOpening(frame);
        if (call.Is(EscrowAbi.CreateJob, out var args))
            return EscrowAbi.CreateJob.EncodeResult(opening.CreateJob(args));
        if (call.Is(EscrowAbi.SetProvider, out args))
            return Done(() => opening.SetProvider(args));
        if (call.Is(EscrowAbi.SetBudget, out args))
            return Done(() => opening.SetBudget(args));
        return call.Is(EscrowAbi.Fund, out args) ? Done(() => opening.Fund(args)) : null;
    }

    private static byte[]? Settle(CallFrame frame, AbiCall call)
    {
        var settling = new EscrowSettling(frame);
        if (call.Is(EscrowAbi.Submit, out var args))
            return Done(() => settling.Submit(args));
        if (call.Is(EscrowAbi.Complete, out args))
            return Done(() => settling.Complete(args));
        if (call.Is(EscrowAbi.Reject, out args))
            return Done(() => settling.Reject(args));
        if (call.Is(EscrowAbi.ClaimRefund, out args))
            return Done(() => settling.ClaimRefund(args));
        return call.Is(EscrowAbi.ClaimPayment, out args) ? Done(() => settling.ClaimPayment(args)) : null;
    }

    private static byte[] Done(Action action)
    {
        action();
        return [];
    }

    private static byte[]? View(CallFrame frame, AbiCall call)
    {
        var storage = new EscrowStorage(frame);
        var result = Constant(storage, call);
        if (result is null && call.Is(EscrowAbi.GetJob, out var args))
            result = EscrowAbi.GetJob.EncodeResult([Tuple(storage.Job((UInt256)args[0]!))]);
        else if (result is null && call.Is(EscrowAbi.Jobs, out args))
            result = EscrowAbi.Jobs.EncodeResult(Tuple(storage.Job((UInt256)args[0]!)));
        else if (result is null && call.Is(EscrowAbi.JobByKey, out args))
            result = EscrowAbi.JobByKey.EncodeResult(storage.JobByKey((Hash256)args[0]!));
        else if (result is null && call.Is(EscrowAbi.WhitelistedHooks, out args))
            result = EscrowAbi.WhitelistedHooks.EncodeResult(((Address)args[0]!).IsZero);
        else if (result is null && call.Is(EscrowAbi.JobTerms, out args))
            result = Terms(storage, (UInt256)args[0]!);
        return result;
    }

    private static byte[]? Constant(EscrowStorage storage, AbiCall call)
    {
        if (call.Is(EscrowAbi.JobCounter))
            return EscrowAbi.JobCounter.EncodeResult(storage.Counter);
        if (call.Is(EscrowAbi.PlatformFeeBp))
            return EscrowAbi.PlatformFeeBp.EncodeResult(storage.PlatformFee);
        if (call.Is(EscrowAbi.EvaluatorFeeBp))
            return EscrowAbi.EvaluatorFeeBp.EncodeResult(storage.EvaluatorFee);
        if (call.Is(EscrowAbi.PlatformTreasury))
            return EscrowAbi.PlatformTreasury.EncodeResult(storage.Treasury);
        return call.Is(EscrowAbi.GracePeriod)
            ? EscrowAbi.GracePeriod.EncodeResult((UInt256)EscrowSettling.GracePeriod)
            : null;
    }

    // An unknown id reads as a job of zeros, as in the reference.
    private static object?[] Tuple(EscrowJobSlots job) =>
    [
        job.Client.IsZero ? UInt256.Zero : job.Id,
        job.Client,
        job.Provider,
        job.Evaluator,
        job.Description,
        job.Budget,
        job.ExpiredAt,
        (UInt256)(ulong)job.Status,
        Address.Zero,
        job.Token,
        job.AgentId,
        job.SubmittedAt,
    ];

    private static byte[] Terms(EscrowStorage storage, UInt256 id)
    {
        var job = storage.Job(id);
        if (job.Client.IsZero)
            throw EscrowAbi.Error("InvalidJob");
        return EscrowAbi.JobTerms.EncodeResult(
            job.JobKey, job.Terms, job.EvaluationWindow, job.Charge, job.Deliverable);
    }
}
