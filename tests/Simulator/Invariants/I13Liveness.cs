using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>With a quorum up and connected the chain goes on: so many heights in so many virtual seconds.</summary>
internal sealed class I13Liveness(SimWorld world) : Invariant(world)
{
    public override void End(bool reached, ulong target) => Require(
        reached,
        $"healed at {World.Plan.HealAtMs} ms; not all are at {target} after {World.Plan.ProgressMs} ms: " + string.Join(
            ", ",
            World.Honest.Select(n => $"node {n.Id} at {n.Tip}/{n.Replica?.Engine.Round} "
                + $"{n.Replica?.Engine.RoundStep} {n.Permit}")));
}
