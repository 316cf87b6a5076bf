using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>The same height has the same state and the same next validators on all nodes, as its block says.</summary>
internal sealed class I7SameState(SimWorld world) : Invariant(world)
{
    private readonly Dictionary<ulong, (Hash256 Root, Hash256 Validators)> states = [];

    public override void Committed(SimNode node, SimCommit commit)
    {
        var state = (commit.After.Root, commit.After.Next.Hash);
        Require(
            state == (commit.Block.StateRoot, commit.Block.NextValidators),
            $"node {node.Id} has another state than its block says");
        if (!states.TryAdd(commit.Block.Height, state))
            Require(states[commit.Block.Height] == state, $"node {node.Id} has a state of its own");
    }
}
