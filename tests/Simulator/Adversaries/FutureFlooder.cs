using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>Fills what is kept for heights and rounds to come, with votes that it really signed.</summary>
internal sealed class FutureFlooder(SimWorld world) : Adversary(world)
{
    private const int PerTick = 40;

    private int turn;

    public override void Tick(SimNode node)
    {
        var set = node.State.Next;
        var me = set.IndexOf(World.Keys.Public(node.Key).Span);
        if (me < 0)
            return;
        for (var i = 0; i < PerTick; i++)
        {
            turn++;
            var height = node.Tip + 1 + (ulong)(turn % 30);
            var round = 1 + (turn * 7 % 1_000_000);
            SignedMessage message = (turn % 3) switch
            {
                0 => new Vote(VoteKind.Prevote, height, round, node.State.Tip, -1, me, default),
                1 => new Vote(VoteKind.Precommit, height, round, default, -1, me, default),
                _ => new Proposal(height, round, new(Keccak256.Hash([9]), default, 9), -1, me, default),
            };
            var packed = SimNode.Pack(World.Keys.Signed(message, node.Key));
            foreach (var peer in World.Nodes)
            {
                if (peer.Id != node.Id)
                    Pass(node, peer.Id, packed);
            }
        }
    }
}
