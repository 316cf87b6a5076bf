using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>All invariants of a run. I15 is that two runs of a seed have the same hash; the runner checks it.</summary>
internal sealed class InvariantSet(SimWorld world)
{
    private readonly Invariant[] all =
    [
        new I1Agreement(world), new I2CommitHasCertificate(world), new I3OneSignaturePerPlace(world),
        new I4LockRules(world), new I5ValidRoundRises(world), new I6Chain(world), new I7SameState(world),
        new I11BoundedMemory(world), new I12Evidence(world), new I13Liveness(world), new I14CrashEquivalence(world),
    ];

    public void Sent(SimNode node, BftMessage message) => Each(node, i => i.Sent(node, message));

    public void Heard(SimNode node, BftMessage message) => Each(node, i => i.Heard(node, message));

    public void Committed(SimNode node, SimCommit commit) => Each(node, i => i.Committed(node, commit));

    public void Accused(SimNode node, Equivocation proof) => Each(node, i => i.Accused(node, proof));

    public void Restarted(SimNode node, EngineView before, EngineView after) =>
        Each(node, i => i.Restarted(node, before, after));

    public void After(SimNode node) => Each(node, i => i.After(node));

    public void End(bool reached, ulong target)
    {
        foreach (var invariant in all)
            invariant.End(reached, target);
    }

    /// <summary>A whole log leads to the same messages, so the guard has nothing to refuse as a conflict.</summary>
    public void Alarmed(SimNode node, ReplicaAction.Alarm alarm)
    {
        if (!node.IsFaulty && !node.DiskLied)
            throw new InvariantException(
                nameof(I14CrashEquivalence),
                $"node {node.Id} was asked for a second signature at {alarm.Height}/{alarm.Round}");
    }

    private void Each(SimNode node, Action<Invariant> check)
    {
        if (node.IsFaulty)
            return;
        foreach (var invariant in all)
            check(invariant);
    }
}
