using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>What leaves the escrow for a job: never more than it holds, and all of it at its end.</summary>
internal sealed class EscrowPayout(CallFrame frame)
{
    private static readonly UInt256 BasisPoints = 10_000;

    private readonly EscrowStorage storage = new(frame);

    /// <summary>
    /// The charge without the credit, less fees, to the provider, the rest to the client. An evaluator that did not
    /// judge earns nothing: its fee stays with the client.
    /// </summary>
    public void Pay(EscrowJobSlots job, Hash256 reason, bool isEvaluated)
    {
        job.Status = EscrowStatus.Completed;
        var held = Release(job);
        var charge = job.Charge - job.Credit;
        var platform = charge * job.PlatformFee / BasisPoints;
        var evaluation = charge * job.EvaluatorFee / BasisPoints;
        var net = charge - platform - evaluation;
        if (!platform.IsZero)
        {
            Send(storage.Treasury, platform);
            frame.Emit(EscrowAbi.PlatformFeePaid.Encode(job.Id, storage.Treasury, platform));
        }

        if (!evaluation.IsZero && isEvaluated)
        {
            Send(job.Evaluator, evaluation);
            frame.Emit(EscrowAbi.EvaluatorFeePaid.Encode(job.Id, job.Evaluator, evaluation));
        }

        if (!net.IsZero)
            Send(job.Provider, net);
        Refund(job, held - charge + (isEvaluated ? default : evaluation));
        frame.Emit(EscrowAbi.JobCompleted.Encode(job.Id, frame.Caller, reason));
        frame.Emit(EscrowAbi.PaymentReleased.Encode(job.Id, job.Provider, net));
    }

    /// <summary>Takes what the job holds out of the books; an Open job holds nothing.</summary>
    public UInt256 Release(EscrowJobSlots job)
    {
        var held = job.Escrowed;
        job.Escrowed = default;
        storage.Held -= held;
        return held;
    }

    public void Refund(EscrowJobSlots job, UInt256 amount)
    {
        if (amount.IsZero)
            return;
        Send(job.Client, amount);
        frame.Emit(EscrowAbi.Refunded.Encode(job.Id, job.Client, amount));
    }

    /// <summary>
    /// What the re-execution cost is taken from the bond of the provider that was wrong. A provider without one has
    /// nothing to take, which holds up nothing.
    /// </summary>
    public void Slash(EscrowJobSlots job, Hash256 reason, UInt256 amount)
    {
        if (amount.IsZero)
            return;
        var call = BondsAbi.SlashFor.EncodeCall(job.Provider, job.Client, amount, reason);
        if (frame.Call(SystemContracts.ProviderBonds, default, call).RanOutOfGas)
            throw new OutOfGasException();
    }

    private void Send(Address to, UInt256 amount) => AitTokenContract.Move(frame, frame.Contract, to, amount);
}
