using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Adversaries;

/// <summary>
/// Votes in the name of others, spoils signatures, pads certificates with garbage and replays messages of the past.
/// </summary>
internal sealed class GarbageSigner(SimWorld world) : Adversary(world)
{
    private readonly List<SimMessage.Consensus> past = [];
    private int turn;

    public override void Send(SimNode node, int to, SimMessage message)
    {
        if (message is not SimMessage.Consensus consensus)
        {
            Pass(node, to, message);
            return;
        }

        if (past.Count < 64)
            past.Add(consensus);
        Pass(node, to, past[turn++ % past.Count]);
        switch (consensus.Message)
        {
            case Vote vote:
                Offer(node, to, vote with { Signer = (vote.Signer + 1) % node.State.Next.Count });
                Offer(node, to, vote with { Signature = new byte[Ed25519Keys.SignatureLength] });
                Offer(node, to, vote with { Signer = 200 });
                Offer(node, to, Forged(node, vote, VoteKind.Prevote));
                Offer(node, to, Forged(node, vote, VoteKind.Precommit));
                break;
            case VoteCertificate certificate:
                Offer(node, to, Spoiled(certificate));
                break;
            case Proposal proposal:
                Offer(node, to, proposal with { Info = proposal.Info with { PartsRoot = proposal.Block } });
                break;
        }

        Pass(node, to, message);
    }

    // Says that all signed; one signature in it is good, the others are copies of it.
    private static VoteCertificate Forged(SimNode node, Vote own, VoteKind kind)
    {
        var count = node.State.Next.Count;
        var block = own.IsNil ? Keccak256.Hash([7, (byte)own.Height]) : own.Block;
        Vote[] votes = [.. Enumerable.Range(0, count).Select(
            i => new Vote(kind, own.Height, own.Round, block, -1, i, own.Signature))];
        return VoteCertificate.FromVotes(votes, count);
    }

    private static VoteCertificate Spoiled(VoteCertificate certificate)
    {
        var signatures = certificate.Signatures.ToArray();
        signatures[^1] ^= 1;
        return certificate with { Signatures = signatures };
    }

    private void Offer(SimNode node, int to, BftMessage message)
    {
        if (message.IsWellFormed)
            Pass(node, to, SimNode.Pack(message));
    }
}
