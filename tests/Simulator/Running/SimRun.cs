using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Faults;

namespace Aitbc.Simulator.Running;

/// <summary>What a run came to.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Hash">Over all events (I15).</param>
/// <param name="Heights">Heights decided.</param>
/// <param name="Faults">Faults that took effect.</param>
/// <param name="Events">Events run.</param>
/// <param name="Invariant">Name of what did not hold; null if all did.</param>
/// <param name="What">What happened then.</param>
internal sealed record SimResult(
    ulong Seed, ulong Hash, ulong Heights, int Faults, long Events, string? Invariant, string? What);

/// <summary>Runs one plan from the start to the end.</summary>
internal static class SimRun
{
    public static SimResult Of(SimPlan plan, RuleSet? rules = null, bool realSignatures = false)
    {
        SimWorld? world = null;
        try
        {
            world = new SimWorld(plan, rules ?? RuleSet.All, realSignatures);
            world.Run();
            return Result(plan, world, null, null);
        }
        catch (InvariantException e)
        {
            return Result(plan, world, e.Invariant, e.Message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The core never throws, whatever it is told.
            return Result(plan, world, "NoException", e.ToString());
        }
    }

    private static SimResult Result(SimPlan plan, SimWorld? world, string? invariant, string? what) => new(
        plan.Seed, world?.Scheduler.Hash.Value ?? 0, world?.HighestTip ?? 0, world?.FaultsDone ?? 0,
        world?.Scheduler.Events ?? 0, invariant, what);
}
