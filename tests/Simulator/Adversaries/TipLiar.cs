using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives.Crypto;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// Claims heights that do not exist, with certificates that prove nothing, and answers questions for blocks with
/// silence, the wrong heights, or blocks under another's certificate.
/// </summary>
internal sealed class TipLiar(SimWorld world) : Adversary(world)
{
    private int turn;

    public override void Send(SimNode node, int to, SimMessage message)
    {
        switch (message)
        {
            case SimMessage.Status:
                Claim(node, to, ulong.MaxValue - 1);
                Claim(node, to, node.Tip + 1 + (ulong)(turn++ % 3));
                break;
            case SimMessage.Blocks blocks when turn % 3 == 0:
                Pass(node, to, new SimMessage.Blocks([.. blocks.Commits.Reverse()]));
                break;
            case SimMessage.Blocks blocks when turn % 3 == 1:
                var foreign = blocks.Commits[^1].Certificate;
                var changed = blocks.Commits.Select(c => c with { Certificate = foreign });
                Pass(node, to, new SimMessage.Blocks([.. changed]));
                break;
            case SimMessage.Blocks:
                break;
            default:
                Pass(node, to, message);
                break;
        }
    }

    private void Claim(SimNode node, int to, ulong tip)
    {
        var count = node.State.Next.Count;
        var certificate = new VoteCertificate(
            VoteKind.Precommit, tip, 0, World.Ledger.Genesis.Tip, -1,
            new byte[(count + 7) / 8], new byte[Ed25519Keys.SignatureLength]);
        Pass(node, to, new SimMessage.Status(tip, certificate));
    }
}
