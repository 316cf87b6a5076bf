using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>Opens a dispute, counts what the re-executors had, and settles the moment that a majority agrees.</summary>
internal sealed class DisputeVerdict(CallFrame frame, UInt256 jobId)
{
    private static readonly ContractDomain Domain =
        new(ReexecutionAbi.DomainName, ReexecutionAbi.DomainVersion);

    private readonly DisputeSlots dispute = new(frame, jobId);

    public static object?[] Describe(CallFrame frame) => Domain.Describe(frame);

    public void Open()
    {
        var job = new EscrowStorage(frame).Existing(jobId);
        if (dispute.State != DisputeState.Agreed || job.Status != EscrowStatus.Submitted
            || frame.Timestamp >= job.SubmittedAt + job.EvaluationWindow)
            throw EscrowAbi.Error("WrongStatus");
        if (frame.Caller != job.Client && frame.Caller != job.Evaluator)
            throw EscrowAbi.Error("Unauthorized");
        var stake = dispute.Bond + (dispute.Fee * (ulong)dispute.Reexecutors.Length);
        if (frame.Value != stake)
            throw ReexecutionAbi.Error("StakeMismatch");
        dispute.State = DisputeState.Disputed;
        dispute.Disputer = frame.Caller;
        dispute.Stake = stake;
        dispute.Deadline = dispute.VotingTime + frame.Timestamp;
        dispute.AddHeld(stake);
        frame.Emit(ReexecutionAbi.Disputed.Encode(jobId, frame.Caller, stake, dispute.Deadline));
    }

    /// <summary>A vote that anybody brings, with the re-executor's signature of Verdict(jobId, result).</summary>
    public void VoteFor(Address reexecutor, Hash256 result, byte[] signature)
    {
        var message = ContractDomain.HashStruct(
            frame, ReexecutionAbi.VerdictType.TypeHash, jobId, result.ToUInt256());
        if (!SignatureCheck.IsBy(frame, reexecutor, Domain.Digest(frame, message), signature))
            throw EscrowAbi.Error("Unauthorized");
        Vote(reexecutor, result);
    }

    public void Vote(Address reexecutor, Hash256 result)
    {
        if (dispute.State != DisputeState.Disputed || frame.Timestamp >= dispute.Deadline)
            throw EscrowAbi.Error("WrongStatus");
        var committee = dispute.Reexecutors;
        if (!committee.AsSpan().Contains(reexecutor))
            throw EscrowAbi.Error("Unauthorized");
        if (!dispute.VoteOf(reexecutor).IsZero)
            throw ReexecutionAbi.Error("AlreadyVoted");
        if (result.IsZero)
            throw ReexecutionAbi.Error("InvalidResult");
        dispute.SetVote(reexecutor, result);
        frame.Emit(ReexecutionAbi.Voted.Encode(jobId, reexecutor, result));
        var agreeing = Array.FindAll(committee, member => dispute.VoteOf(member) == result);
        if (agreeing.Length > committee.Length / 2)
            Decide(result, agreeing);
    }

    /// <summary>
    /// Nobody knows better in time: the result stands, and nobody was shown to be wrong. The escrow has paid already.
    /// </summary>
    public void Lapse()
    {
        var stake = Resolve(DisputeState.Lapsed, default);
        Send(dispute.Disputer, stake);
    }

    private void Decide(Hash256 result, Address[] agreeing)
    {
        var job = new EscrowStorage(frame).Job(jobId);
        var isConfirmed = result == (dispute.Claimed.IsZero ? job.Deliverable : dispute.Claimed);
        var fees = dispute.Fee * (ulong)agreeing.Length;
        var rest = Resolve(isConfirmed ? DisputeState.Confirmed : DisputeState.Refuted, result) - fees;
        if (isConfirmed)
            Settle(EscrowAbi.Complete, result, []);
        else
            Settle(EscrowAbi.Reject, result, Damage(fees));
        foreach (var member in agreeing)
            Send(member, dispute.Fee);
        if (isConfirmed)
        {
            Send(job.Provider, dispute.Bond);
            rest -= dispute.Bond;
        }

        Send(dispute.Disputer, rest);
    }

    // Half of what is taken from a provider's bond goes to whom it harmed, so twice the fees make the client whole.
    private static byte[] Damage(UInt256 fees)
    {
        var word = new byte[UInt256.Length];
        (fees * 2UL).WriteBigEndian(word);
        return word;
    }

    private UInt256 Resolve(DisputeState state, Hash256 result)
    {
        dispute.State = state;
        dispute.Result = result;
        var stake = dispute.Stake;
        dispute.TakeHeld(stake);
        frame.Emit(ReexecutionAbi.Resolved.Encode(jobId, (ulong)state, result));
        return stake;
    }

    private void Settle(AbiFunction how, Hash256 reason, byte[] options)
    {
        var answer = frame.Call(SystemContracts.JobEscrow, default, how.EncodeCall(jobId, reason, options));
        if (answer.RanOutOfGas)
            throw new OutOfGasException();
        if (!answer.Succeeded)
            throw new RevertException(answer.ReturnData.ToArray());
    }

    private void Send(Address to, UInt256 amount)
    {
        if (!amount.IsZero)
            AitTokenContract.Move(frame, frame.Contract, to, amount);
    }
}
