using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>Tells every second node the opposite: another block, nil for a block, a block for nil.</summary>
internal sealed class EquivocatorPerPeer(SimWorld world) : TwoFaced(world)
{
    protected override bool ForOthers(int to) => to % 2 == 1;

    protected override Hash256? Choice(SimNode node, int to, Vote vote)
    {
        if (!ForOthers(to))
            return null;
        if (PairOf(vote.Height, vote.Round) is { } pair)
            return pair.Other;
        if (!vote.IsNil)
            return default(Hash256);
        return node.Replica?.Engine.State?.Proposals.At(vote.Round) is [var entry, ..] && vote.Height == node.Tip + 1
            ? entry.Proposal.Block
            : null;
    }
}
