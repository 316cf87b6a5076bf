using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Faults;

namespace Aitbc.Simulator.Running;

/// <summary>Sums over many seeds.</summary>
internal sealed record SweepResult(
    int Seeds, ulong Heights, long Faults, long Events, int Repeated, IReadOnlyList<SimResult> Violations);

/// <summary>
/// Runs many seeds, each on one thread, several at a time. Every seed that is repeated must give the same hash (I15).
/// </summary>
internal static class SeedSweep
{
    /// <param name="first">First seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="rules">Rules that hold.</param>
    /// <param name="repeatEach">Every so many seeds one is run twice; 0 = none.</param>
    /// <param name="realEach">Every so many seeds one is run with Ed25519; 0 = none.</param>
    /// <param name="mostViolations">Stop after so many.</param>
    public static SweepResult Run(
        ulong first, int count, RuleSet rules, int repeatEach, int realEach, int mostViolations = int.MaxValue)
    {
        var gate = new Lock();
        var (heights, faults, events, repeated) = (0UL, 0L, 0L, 0);
        List<SimResult> violations = [];
        Parallel.For(0, count, (i, loop) =>
        {
            var plan = PlanMaker.Make(first + (ulong)i);
            var real = realEach > 0 && i % realEach == 0;
            var result = SimRun.Of(plan, rules, real);
            var twice = repeatEach > 0 && i % repeatEach == 0;
            if (twice && result.Invariant is null && SimRun.Of(plan, rules, real).Hash is var again
                && again != result.Hash)
                result = result with
                {
                    Invariant = "I15Determinism",
                    What = $"I15Determinism: {result.Hash:x16} and {again:x16} from one seed",
                };
            lock (gate)
            {
                heights += result.Heights;
                faults += result.Faults;
                events += result.Events;
                repeated += twice ? 1 : 0;
                if (result.Invariant is not null)
                    violations.Add(result);
                if (violations.Count >= mostViolations)
                    loop.Stop();
            }
        });
        return new SweepResult(
            count, heights, faults, events, repeated, [.. violations.OrderBy(v => v.Seed)]);
    }
}
