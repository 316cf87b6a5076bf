using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Invariants;

/// <summary>Within a height and a life of the process the valid round never falls, and the lock is no newer.</summary>
internal sealed class I5ValidRoundRises(SimWorld world) : Invariant(world)
{
    private readonly Dictionary<int, (int Life, ulong Height, int Round, int Valid)> last = [];

    public override void After(SimNode node)
    {
        if (node.Replica?.Engine is not { } engine)
            return;
        Require(
            engine.ValidRound >= engine.LockedRound,
            $"node {node.Id} is locked in round {engine.LockedRound} and valid in {engine.ValidRound}");
        Require(
            engine.ValidRound <= Math.Max(engine.Round, -1),
            $"node {node.Id} is valid in round {engine.ValidRound} and only in round {engine.Round}");
        if (last.TryGetValue(node.Id, out var before) && before.Life == node.Incarnation
            && before.Height == engine.Height)
            Require(
                engine.ValidRound >= before.Valid && engine.Round >= before.Round,
                $"node {node.Id} went back from valid round {before.Valid} to {engine.ValidRound}");
        last[node.Id] = (node.Incarnation, engine.Height, engine.Round, engine.ValidRound);
    }
}
