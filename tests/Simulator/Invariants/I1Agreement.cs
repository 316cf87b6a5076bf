using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>No two correct nodes decide different blocks at a height.</summary>
internal sealed class I1Agreement(SimWorld world) : Invariant(world)
{
    private readonly Dictionary<ulong, Hash256> decided = [];

    public override void Committed(SimNode node, SimCommit commit)
    {
        if (!decided.TryAdd(commit.Block.Height, commit.Block.Hash))
            Require(
                decided[commit.Block.Height] == commit.Block.Hash,
                $"node {node.Id} decided another block at height {commit.Block.Height}");
    }
}
