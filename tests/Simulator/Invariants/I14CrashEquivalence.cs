using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>A node that was restarted, and lost nothing, is the node that was only stopped.</summary>
internal sealed class I14CrashEquivalence(SimWorld world) : Invariant(world)
{
    public override void Restarted(SimNode node, EngineView before, EngineView after) =>
        Require(before == after || node.DiskLied, $"node {node.Id} was {before} and came back as {after}");
}
