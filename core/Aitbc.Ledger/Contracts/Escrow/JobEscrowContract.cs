using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>The job escrow: reads its calls and hands them to opening, settling and views.</summary>
internal sealed class JobEscrowContract : ISystemContract
{
    private const ulong ViewGas = 8_000;
    private const ulong WriteGas = 60_000;
    private const ulong OpenGas = 180_000;
    private const ulong GasPerTextWord = 20_000;

    public Address Address => SystemContracts.JobEscrow;

    public byte[] Execute(CallFrame frame)
    {
        var call = new AbiCall(frame.Data);
        if (call.Is(EscrowAbi.OpenJob, out var args))
        {
            frame.Charge(OpenGas);
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
        {
            frame.Charge(OpenGas + ((ulong)frame.Data.Length / 32 * GasPerTextWord));
            return EscrowAbi.CreateJob.EncodeResult(opening.CreateJob(args));
        }

        if (call.Is(EscrowAbi.SetProvider, out args))
            return Done(frame, () => opening.SetProvider(args));
        if (call.Is(EscrowAbi.SetBudget, out args))
            return Done(frame, () => opening.SetBudget(args));
        return call.Is(EscrowAbi.Fund, out args) ? Done(frame, () => opening.Fund(args)) : null;
    }

    private static byte[]? Settle(CallFrame frame, AbiCall call)
    {
        var settling = new EscrowSettling(frame);
        if (call.Is(EscrowAbi.Submit, out var args))
            return Done(frame, () => settling.Submit(args));
        if (call.Is(EscrowAbi.Complete, out args))
            return Done(frame, () => settling.Complete(args));
        if (call.Is(EscrowAbi.Reject, out args))
            return Done(frame, () => settling.Reject(args));
        if (call.Is(EscrowAbi.ClaimRefund, out args))
            return Done(frame, () => settling.ClaimRefund(args));
        return call.Is(EscrowAbi.ClaimPayment, out args) ? Done(frame, () => settling.ClaimPayment(args)) : null;
    }

    private static byte[] Done(CallFrame frame, Action action)
    {
        frame.Charge(WriteGas);
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
        if (result is not null)
            frame.Charge(ViewGas);
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
