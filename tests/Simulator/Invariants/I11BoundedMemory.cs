using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>What is kept stays within its bounds, whatever comes.</summary>
internal sealed class I11BoundedMemory(SimWorld world) : Invariant(world)
{
    private const int MostCertificatesInRound = 4;

    public override void After(SimNode node)
    {
        if (node.Replica?.Engine is not { State: { } state } engine)
            return;
        var rounds = Math.Max(0, state.Round + 1);
        var members = state.Set.Count;
        Require(
            engine.FutureCount <= BftLimits.FutureHeights * BftLimits.FutureMessagesPerHeight,
            $"node {node.Id} keeps {engine.FutureCount} messages of heights to come");
        Require(
            state.Votes.FutureCount <= 2 * members,
            $"node {node.Id} keeps {state.Votes.FutureCount} votes of rounds to come");
        Require(
            state.Proposals.Count <= (2 * rounds) + members,
            $"node {node.Id} keeps {state.Proposals.Count} proposals in {rounds} rounds");
        Require(
            state.Blocks.Count <= ((2 + MostCertificatesInRound) * rounds) + members,
            $"node {node.Id} keeps {state.Blocks.Count} blocks in {rounds} rounds");
        Require(state.Unsigned.Count <= 3, $"node {node.Id} waits for {state.Unsigned.Count} signatures");
        Require(node.Pool.Count <= EvidencePool.Capacity, $"node {node.Id} keeps {node.Pool.Count} proofs");
        Require(
            state.Step != RoundStep.Decided || state.Commit is not null, $"node {node.Id} decided without a commit");
    }
}
