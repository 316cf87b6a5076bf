using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Answer of <c>aitbc_consensus</c> (specs/rpc.md): the block that is not yet final.</summary>
/// <param name="Height">Its height.</param>
/// <param name="Signing"><c>yes</c>, or why this node does not sign.</param>
/// <param name="BestPeerTip">Highest height that a peer has shown to be final.</param>
/// <param name="Round">The round that is under way; null while the node has not begun one.</param>
/// <param name="PastRounds">Rounds of the height before it, the newest first, sixteen at most.</param>
/// <param name="Counters">What was counted since the node started.</param>
public sealed record ConsensusStatus(
    ulong Height, string Signing, ulong BestPeerTip, RoundStatus? Round, IReadOnlyList<RoundStatus> PastRounds,
    ConsensusCounters Counters);

/// <summary>A round: the one that is under way, or one before it.</summary>
/// <param name="Round">From 0: each further one is an attempt that failed; -1 before the first.</param>
/// <param name="Step">The step within the round; empty for one before.</param>
/// <param name="Quorum">Weight that makes a block final.</param>
/// <param name="Proposer">Operator of the round's proposer.</param>
/// <param name="HasProposal">True if its proposal was heard.</param>
/// <param name="Votes">Of every validator, in the order of the set.</param>
/// <param name="Silent">Operators that owe a vote and were not heard.</param>
public sealed record RoundStatus(
    int Round,
    string Step,
    ulong Quorum,
    Address Proposer,
    bool HasProposal,
    IReadOnlyList<VoteStatus> Votes,
    IReadOnlyList<Address> Silent);

/// <summary>What one validator said in the round.</summary>
/// <param name="Operator">Who.</param>
/// <param name="Prevote">Hash of a block, <c>nil</c>, or null if none was heard.</param>
/// <param name="Precommit">Likewise.</param>
public sealed record VoteStatus(Address Operator, string? Prevote, string? Precommit);

/// <summary>Counted since the node started.</summary>
/// <param name="Decided">Blocks decided by votes that this node heard.</param>
/// <param name="Synced">Blocks taken from others.</param>
/// <param name="ExtraRounds">Rounds beyond the first of a block.</param>
/// <param name="LastLatencyUs">Microseconds from the begin of round 0 to the durable block, of the last block.</param>
/// <param name="LatencyUsSum">The same of all decided blocks together.</param>
/// <param name="MissedProposals">Proposals that did not come, by operator.</param>
public sealed record ConsensusCounters(
    ulong Decided,
    ulong Synced,
    ulong ExtraRounds,
    ulong LastLatencyUs,
    ulong LatencyUsSum,
    IReadOnlyDictionary<Address, ulong> MissedProposals);
