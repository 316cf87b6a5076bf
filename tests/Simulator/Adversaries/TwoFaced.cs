using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// Makes a second block beside each own proposal and tells one part of the nodes one thing and the others another.
/// </summary>
internal abstract class TwoFaced(SimWorld world) : Adversary(world)
{
    private readonly Dictionary<(ulong Height, int Round), (Hash256 One, SimBlock Other)> pairs = [];

    public override void Send(SimNode node, int to, SimMessage message)
    {
        switch (message)
        {
            case SimMessage.Consensus { Message: Proposal proposal } when ForOthers(to):
                var other = OtherOf(node, proposal);
                Pass(node, to, SimNode.Pack(World.Keys.Signed(
                    proposal with { Info = other.Info, ValidRound = Polka(proposal.Round, other) }, node.Key)));
                PassBody(node, to, other);
                break;
            case SimMessage.Consensus { Message: Vote vote }:
                Pass(node, to, Vote(node, to, vote));
                break;
            default:
                Pass(node, to, message);
                break;
        }
    }

    /// <summary>True for the nodes that get the second face.</summary>
    protected abstract bool ForOthers(int to);

    /// <summary>The block to vote for in front of this node; null = as it would.</summary>
    protected abstract Hash256? Choice(SimNode node, int to, Vote vote);

    protected (Hash256 One, Hash256 Other)? PairOf(ulong height, int round) =>
        pairs.TryGetValue((height, round), out var pair) ? (pair.One, pair.Other.Hash) : null;

    private SimMessage.Consensus Vote(SimNode node, int to, Vote vote)
    {
        if (Choice(node, to, vote) is not { } block || block == vote.Block)
            return SimNode.Pack(vote);
        return SimNode.Pack(World.Keys.Signed(vote with { Block = block, ValidRound = -1 }, node.Key));
    }

    private SimBlock OtherOf(SimNode node, Proposal proposal)
    {
        if (!pairs.TryGetValue((proposal.Height, proposal.Round), out var pair))
        {
            pair = (proposal.Block, SecondBlock(node));
            pairs[(proposal.Height, proposal.Round)] = pair;
            Known(proposal.Height, proposal.Round, pair.One, pair.Other.Hash);
        }

        return pair.Other;
    }

    /// <summary>Two blocks for a place exist.</summary>
    protected virtual void Known(ulong height, int round, Hash256 one, Hash256 other)
    {
    }

    // One time in four it is not valid.
    private SimBlock SecondBlock(SimNode node)
    {
        var block = node.NewBlock(null, null);
        if (block.Nonce % 4 != 0)
            return block;
        block = block with { StateRoot = block.Hash };
        World.Ledger.Publish(block);
        return block;
    }

    // Half of the time it names a polka that never was.
    private static int Polka(int round, SimBlock block) => block.Nonce % 2 == 0 ? -1 : round - 1;

    private void PassBody(SimNode node, int to, SimBlock block)
    {
        for (var i = 0; i < block.Parts.Count; i++)
            Pass(node, to, new SimMessage.Part(block.Hash, i, block.Parts, SimBlock.Part(block.Bytes, i)));
    }
}
