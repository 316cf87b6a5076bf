using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>
/// Proof of authority: the operators decide who joins and who must leave, by more than two thirds of those who are
/// validators when the last vote is cast. The vote that reaches it carries the change out.
/// </summary>
internal sealed class RegistryVoting(CallFrame frame, RegistryStorage storage, RegistryChanges changes)
{
    /// <summary>Seconds for which a proposal may be voted on: 7 days.</summary>
    public const ulong VotingTime = 604_800;

    private const ulong IsAddition = 0;
    private const ulong Operator = 1;
    private const ulong Key = 2;
    private const ulong TransportKey = 3;
    private const ulong ClosesAt = 4;
    private const ulong IsExecuted = 5;
    private const ulong Proposer = 6;

    public UInt256 ProposeAdd(Address account, Hash256 key, Hash256 transportKeyHash, ReadOnlySpan<byte> proof)
    {
        changes.CheckAdd(account, key);
        changes.CheckProof(account, key, proof);
        return Propose(isAddition: true, account, key, transportKeyHash);
    }

    public UInt256 ProposeRemove(Address account)
    {
        var key = storage.Term(changes.TermOf(account)).ConsensusKey;
        return Propose(isAddition: false, account, key, default);
    }

    /// <summary>Votes for a proposal; true if that carried it out.</summary>
    public bool Vote(UInt256 id)
    {
        RequireOperator();
        if (id >= storage.ProposalCount)
            throw ValidatorsAbi.Error("UnknownProposal");
        if (!storage.GetProposal(id, IsExecuted).IsZero || frame.Timestamp >= storage.GetProposal(id, ClosesAt))
            throw ValidatorsAbi.Error("ProposalClosed");
        if (storage.HasVoted(id, frame.Caller))
            throw ValidatorsAbi.Error("AlreadyVoted");
        storage.SetVoted(id, frame.Caller);
        frame.Emit(ValidatorsAbi.Voted.Encode(id, frame.Caller));
        var set = storage.Active();
        var votes = set.Count(v => storage.HasVoted(id, v.Operator));
        if (3 * votes <= 2 * set.Count)
            return false;
        CarryOut(id);
        return true;
    }

    public object?[] Read(UInt256 id)
    {
        if (id >= storage.ProposalCount)
            throw ValidatorsAbi.Error("UnknownProposal");
        var set = storage.Active();
        return
        [
            !storage.GetProposal(id, IsAddition).IsZero,
            SolidityLayout.ToAddress(storage.GetProposal(id, Operator)),
            Hash256.FromUInt256(storage.GetProposal(id, Key)),
            Hash256.FromUInt256(storage.GetProposal(id, TransportKey)),
            storage.GetProposal(id, ClosesAt),
            (UInt256)(ulong)set.Count(v => storage.HasVoted(id, v.Operator)),
            !storage.GetProposal(id, IsExecuted).IsZero,
        ];
    }

    private UInt256 Propose(bool isAddition, Address account, Hash256 key, Hash256 transportKeyHash)
    {
        RequireOperator();
        var id = storage.AddProposal();
        storage.SetProposal(id, IsAddition, isAddition ? UInt256.One : default);
        storage.SetProposal(id, Operator, SolidityLayout.ToWord(account));
        storage.SetProposal(id, Key, key.ToUInt256());
        storage.SetProposal(id, TransportKey, transportKeyHash.ToUInt256());
        storage.SetProposal(id, ClosesAt, (UInt256)frame.Timestamp + VotingTime);
        storage.SetProposal(id, Proposer, SolidityLayout.ToWord(frame.Caller));
        frame.Emit(ValidatorsAbi.Proposed.Encode(id, frame.Caller, account, key));
        Vote(id);
        return id;
    }

    private void CarryOut(UInt256 id)
    {
        storage.SetProposal(id, IsExecuted, UInt256.One);
        var account = SolidityLayout.ToAddress(storage.GetProposal(id, Operator));
        if (storage.GetProposal(id, IsAddition).IsZero)
        {
            changes.Remove(account);
            return;
        }

        changes.Add(
            account,
            Hash256.FromUInt256(storage.GetProposal(id, Key)),
            Hash256.FromUInt256(storage.GetProposal(id, TransportKey)));
    }

    private void RequireOperator()
    {
        if (storage.TermOf(frame.Caller) is null)
            throw ValidatorsAbi.Error("NotOperator");
    }
}
