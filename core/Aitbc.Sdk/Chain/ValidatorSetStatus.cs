using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>Answer of <c>aitbc_validators</c> (specs/rpc.md).</summary>
/// <param name="Height">The block that this set decides.</param>
/// <param name="Hash">Hash of the set (specs/contracts/validators.md, section 4).</param>
/// <param name="Quorum">Weight that makes a block final.</param>
/// <param name="Validators">By ascending operator; the place is the validator's index.</param>
public sealed record ValidatorSetStatus(
    ulong Height, Hash256 Hash, ulong Quorum, IReadOnlyList<ValidatorStatus> Validators);

/// <summary>A validator of the set.</summary>
/// <param name="Operator">Account that acts for it.</param>
/// <param name="ConsensusKey">Ed25519 public key, 32 bytes.</param>
/// <param name="Weight">Voting weight.</param>
public sealed record ValidatorStatus(Address Operator, Hash256 ConsensusKey, ulong Weight);

/// <summary>A peer in the answer of <c>aitbc_peers</c>.</summary>
/// <param name="Id">Hash of its transport key (specs/p2p.md, K2).</param>
/// <param name="Address">Host and port, or the name of the medium.</param>
/// <param name="ConsensusKey">Its Ed25519 key if it proved one, else null.</param>
/// <param name="Operator">The validator's operator; null if it is none.</param>
/// <param name="Inbound">True if it called the node.</param>
/// <param name="Queues">Messages that wait for it, by class; empty if the node does not tell.</param>
public sealed record PeerStatus(
    Hash256 Id,
    string Address,
    Hash256? ConsensusKey,
    Address? Operator,
    bool Inbound,
    IReadOnlyDictionary<string, ulong> Queues);
