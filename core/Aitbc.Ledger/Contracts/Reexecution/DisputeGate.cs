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

    /// <summary>
    /// Budgets that one re-executor may be paid at most: others may ask more for the work than the provider, who was
    /// chosen because it asks least.
    /// </summary>
    public const ulong MaxFeeBudgets = 16;

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
        else if (action.SequenceEqual(EscrowAbi.Submit.Selector))
            Claim((byte[])Decode(ReexecutionAbi.SubmitData, data)[2]!);
        else if (action.SequenceEqual(EscrowAbi.ClaimPayment.Selector) && dispute.State == DisputeState.Disputed)
            new DisputeVerdict(frame, jobId).Lapse();
    }

    private void Agree(byte[] options)
    {
        var terms = new CallArguments(Decode(ReexecutionAbi.Terms, options));
        var (members, bond, fee, votingTime) = (terms.Items(1), terms.Number(2), terms.Number(3), terms.Number(4));
        var job = new EscrowStorage(frame).Job(jobId);
        // The budget is here in coins, so neither this product nor the sum of bond and fees overflows.
        if (bond.IsZero || bond > job.Budget || fee > job.Budget * MaxFeeBudgets
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

    // A deliverable that nobody can compute again, such as the digest of a receipt, comes with the result to vote on.
    private void Claim(byte[] options)
    {
        if (options.Length != ReexecutionAbi.ClaimLength)
            return;
        var result = Hash256.FromBytes(options.AsSpan(UInt256.Length));
        // Nobody can vote for zero: it would be a result that only ever loses.
        dispute.Claimed = result.IsZero ? throw ReexecutionAbi.Error("InvalidResult") : result;
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
