using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>Heights without gaps, each block on its parent, times that do not fall.</summary>
internal sealed class I6Chain(SimWorld world) : Invariant(world)
{
    public override void Committed(SimNode node, SimCommit commit)
    {
        var chain = node.Disk.Chain;
        var parent = chain.Count > 1 ? chain[^2].After : World.Ledger.Genesis;
        Require(
            commit.Block.Height == (ulong)chain.Count && commit.Block.Height == parent.Height + 1,
            $"node {node.Id} has height {commit.Block.Height} as block {chain.Count}");
        Require(commit.Block.Parent == parent.Tip, $"node {node.Id} has a block on another parent");
        Require(commit.Block.TimeMs >= parent.TimeMs, $"node {node.Id} has a block older than its parent");
    }
}
