using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>
/// No proof accuses an honest key; and what an honest validator has proof of is punished after it had its turns to
/// propose.
/// </summary>
internal sealed class I12Evidence(SimWorld world) : Invariant(world)
{
    private readonly List<(SimNode Witness, int Life, int Key, ulong Tip)> seen = [];

    public override void Accused(SimNode node, Equivocation proof)
    {
        var set = node.SetOf(proof.First.Height)
            ?? throw new InvariantException(nameof(I12Evidence), "a proof of a height that has not started");
        Require(
            proof.Verify(World.Verifier, SimKeys.Chain, set, node.Tip + 1, SimLedger.EvidenceWindow)
                == EvidenceError.None,
            $"node {node.Id} holds a proof that proves nothing");
        var key = World.Keys.KeyOf(set[proof.First.Signer]);
        Require(
            World.Nodes.Exists(n => n.Key == key && n.IsFaulty), $"node {node.Id} accuses the honest node {key}");
        seen.Add((node, node.Incarnation, key, node.Tip));
    }

    public override void Committed(SimNode node, SimCommit commit)
    {
        if (commit.Block.Proof is not { } proof)
            return;
        var key = World.Keys.KeyOf(node.SetOf(proof.First.Height)![proof.First.Signer]);
        Require(World.Nodes.Exists(n => n.Key == key && n.IsFaulty), $"a block punishes the honest node {key}");
    }

    public override void End(bool reached, ulong target)
    {
        foreach (var (witness, life, key, tip) in seen)
        {
            // A proof is kept in memory: it lives as long as its witness, who must be a validator to use it.
            var turns = (ulong)(4 * witness.State.Next.Count);
            var stays = Enumerable.Range(0, witness.Disk.Chain.Count).All(
                i => (ulong)i < tip || witness.Disk.Chain[i].After.Next.IndexOf(
                    World.Keys.Public(witness.Key).Span) >= 0);
            if (witness.Incarnation == life && stays && witness.Tip > tip + turns)
                Require(
                    witness.State.Tombstones.Contains(key)
                        || witness.State.Next.IndexOf(World.Keys.Public(key).Span) < 0,
                    $"key {key} goes unpunished {witness.Tip - tip} heights after node {witness.Id} had proof");
        }
    }
}
