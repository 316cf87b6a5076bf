using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>
/// What the escrow asks the hook: keeps the terms when a job is funded, lets nobody refuse a result alone, and lets
/// nobody settle while re-executors vote.
/// </summary>
internal sealed class DisputeGate(CallFrame frame, UInt256 jobId)
{
    public const int MaxReexecutors = 15;
    public const ulong MinVotingSeconds = 60;
    public const ulong MaxVotingSeconds = 604_800;

    private readonly DisputeSlots dispute = new(frame, jobId);

    public void Before(ReadOnlySpan<byte> action)
    {
        RequireEscrow();
        var isOpen = dispute.State == DisputeState.Disputed;
        if (action.SequenceEqual(EscrowAbi.Complete.Selector) && isOpen)
            throw ReexecutionAbi.Error("DisputeOpen");
        if (action.SequenceEqual(EscrowAbi.ClaimPayment.Selector) && isOpen && frame.Timestamp < dispute.Deadline)
            throw ReexecutionAbi.Error("DisputeOpen");
        // The client may leave a job that it has not funded. Afterwards only a dispute takes the pay away.
        if (action.SequenceEqual(EscrowAbi.Reject.Selector) && dispute.State != DisputeState.None)
            throw ReexecutionAbi.Error("DisputeRequired");
    }

    public void After(ReadOnlySpan<byte> action, byte[] data)
    {
        RequireEscrow();
        if (action.SequenceEqual(EscrowAbi.Fund.Selector))
            Agree((byte[])Decode(ReexecutionAbi.FundData, data)[1]!);
        else if (action.SequenceEqual(EscrowAbi.ClaimPayment.Selector) && dispute.State == DisputeState.Disputed)
            new DisputeVerdict(frame, jobId).Lapse();
    }

    private void Agree(byte[] options)
    {
        var terms = new CallArguments(Decode(ReexecutionAbi.Terms, options));
        var (members, bond, fee, votingTime) = (terms.Items(1), terms.Number(2), terms.Number(3), terms.Number(4));
        var job = new EscrowStorage(frame).Job(jobId);
        // Together bond and fees stay below 16 budgets, so sums of them never overflow.
        if (bond.IsZero || bond > job.Budget || fee > job.Budget
            || votingTime < MinVotingSeconds || votingTime > MaxVotingSeconds)
            throw EscrowAbi.Error("InvalidTerms");
        dispute.State = DisputeState.Agreed;
        dispute.Bond = bond;
        dispute.Fee = fee;
        dispute.VotingTime = votingTime;
        dispute.Reexecutors = Committee(members, job);
        frame.Emit(ReexecutionAbi.TermsAgreed.Encode(
            jobId, dispute.Reexecutors.Cast<object?>().ToArray(), bond, fee, votingTime));
    }

    // Odd, so that there is a majority of those who vote; nobody twice, no party, no contract that anybody may use.
    private static Address[] Committee(CallArguments members, EscrowJobSlots job)
    {
        if (members.Count > MaxReexecutors || members.Count % 2 == 0)
            throw EscrowAbi.Error("InvalidTerms");
        var committee = new Address[members.Count];
        for (var i = 0; i < committee.Length; i++)
        {
            var member = members.Address(i);
            if (member.IsZero || member == job.Client || member == job.Provider || member == job.Evaluator
                || committee.AsSpan(0, i).Contains(member) || !SystemContracts.CodeOf(member).IsEmpty)
                throw EscrowAbi.Error("InvalidTerms");
            committee[i] = member;
        }

        return committee;
    }

    private void RequireEscrow()
    {
        if (frame.Caller != SystemContracts.JobEscrow)
            throw EscrowAbi.Error("Unauthorized");
    }

    private static object?[] Decode(AbiType types, byte[] data)
    {
        try
        {
            return AbiCodec.Decode(types, data);
        }
        catch (AbiException)
        {
            throw EscrowAbi.Error("InvalidTerms");
        }
    }
}
