using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Running;

/// <summary>Where consensus stands at this node, for people to look at. Immutable.</summary>
/// <param name="Engine">The height, round and votes; null before the first height.</param>
/// <param name="Permit">Whether this node's key may sign.</param>
/// <param name="WaitsAtStart">True while it waits to hear how far others are.</param>
/// <param name="ProofsWaiting">Proofs against validators that wait for a block.</param>
/// <param name="BestPeerTip">Highest tip that a peer has proven; 0 if none.</param>
/// <param name="Counters">What was counted since the start.</param>
internal sealed record Standing(
    EngineLook? Engine, PermitState Permit, bool WaitsAtStart, int ProofsWaiting, ulong BestPeerTip,
    StandingCounters Counters);

/// <summary>What was counted since the start of the process.</summary>
/// <param name="Decided">Blocks decided by consensus here.</param>
/// <param name="Synced">Blocks that came from peers.</param>
/// <param name="ExtraRounds">Rounds above the first that decided blocks needed.</param>
/// <param name="LastLatencyUs">From the beginning of round 0 to the durable block, microseconds, of the last.</param>
/// <param name="LatencyUsSum">Of all decided here.</param>
/// <param name="Missed">Rounds that ended without a block, by the operator that should have proposed.</param>
internal sealed record StandingCounters(
    ulong Decided, ulong Synced, ulong ExtraRounds, ulong LastLatencyUs, ulong LatencyUsSum,
    IReadOnlyDictionary<Address, ulong> Missed);
