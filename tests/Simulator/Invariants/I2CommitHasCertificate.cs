using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>More than two thirds of the set of its height signed every decided block.</summary>
internal sealed class I2CommitHasCertificate(SimWorld world) : Invariant(world)
{
    public override void Committed(SimNode node, SimCommit commit)
    {
        var certificate = commit.Certificate;
        var set = node.SetOf(commit.Block.Height)!;
        Require(
            certificate.Kind == VoteKind.Precommit && certificate.Height == commit.Block.Height
                && certificate.Block == commit.Block.Hash,
            $"node {node.Id} has a certificate of something else at height {commit.Block.Height}");
        var weight = 0UL;
        foreach (var vote in certificate.Votes())
        {
            Require(World.Verifier.IsSigned(vote, set), $"node {node.Id} believed a wrong signature in a certificate");
            weight += set[vote.Signer].Weight;
        }

        Require(weight * 3 > set.TotalWeight * 2, $"node {node.Id} decided with weight {weight} of {set.TotalWeight}");
    }
}
