using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// All of this kind in a run follow one plan: when one of them proposes, one half of the others gets one block and one
/// half another, and all of them vote for either in front of its half, whatever they voted before and without any lock.
/// </summary>
internal sealed class ColludingF(SimWorld world) : TwoFaced(world)
{
    protected override bool ForOthers(int to) => to >= (World.Plan.Validators + 1) / 2;

    protected override Hash256? Choice(SimNode node, int to, Vote vote)
    {
        if (World.Plots.TryGetValue((vote.Height, vote.Round), out var plot))
            return ForOthers(to) ? plot.Other : plot.One;
        // No lock binds it: it votes for whatever is proposed.
        return vote.IsNil && vote.Height == node.Tip + 1
            && node.Replica?.Engine.State?.Proposals.At(vote.Round) is [var entry, ..]
                ? entry.Proposal.Block
                : null;
    }

    protected override void Known(ulong height, int round, Hash256 one, Hash256 other) =>
        World.Plots[(height, round)] = (one, other);
}
