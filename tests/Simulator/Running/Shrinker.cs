using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Faults;

namespace Aitbc.Simulator.Running;

/// <summary>Finds a small plan that still breaks the same invariant, by leaving faults out.</summary>
internal static class Shrinker
{
    /// <param name="plan">A plan that breaks an invariant.</param>
    /// <param name="invariant">The invariant.</param>
    /// <param name="rules">The rules it ran with.</param>
    /// <param name="mostRuns">Bound of the work.</param>
    public static (SimPlan Plan, SimResult Result, int Runs) Shrink(
        SimPlan plan, string invariant, RuleSet rules, int mostRuns = 400)
    {
        var best = (Plan: plan, Result: SimRun.Of(plan, rules));
        var runs = 1;
        for (var size = Math.Max(1, plan.Faults.Count / 2); runs < mostRuns;)
        {
            var smaller = false;
            for (var at = 0; at < best.Plan.Faults.Count && runs < mostRuns;)
            {
                List<Fault> kept = [.. best.Plan.Faults.Where((_, i) => i < at || i >= at + size)];
                var candidate = best.Plan with { Faults = kept };
                var result = SimRun.Of(candidate, rules);
                runs++;
                if (result.Invariant == invariant)
                {
                    best = (candidate, result);
                    smaller = true;
                }
                else
                {
                    at += size;
                }
            }

            if (size == 1 && !smaller)
                break;
            size = Math.Max(1, size / 2);
        }

        return (best.Plan, best.Result, runs);
    }
}
