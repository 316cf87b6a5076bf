using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Faults;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using Xunit;

namespace Core.Tests.Simulation;

public sealed class SeedTests
{
    public static TheoryData<string> Adversaries => [.. Enum.GetNames<AdversaryKind>()];

    private static SimPlan Quiet(ulong seed, params Fault[] faults) => new(seed, 4, 0, 5_000, 300, false, faults);

    [Fact]
    public void I15_a_seed_run_twice_gives_the_same_hash_and_another_seed_another()
    {
        var plan = PlanMaker.Make(7);
        var first = SimRun.Of(plan);
        Assert.Null(first.What);
        Assert.Equal(first, SimRun.Of(plan));
        Assert.NotEqual(first.Hash, SimRun.Of(PlanMaker.Make(8)).Hash);
    }

    [Fact]
    public void Real_signatures_change_no_event_but_what_is_signed()
    {
        var plan = Quiet(3);
        var (fast, real) = (SimRun.Of(plan), SimRun.Of(plan, realSignatures: true));
        Assert.Null(real.What);
        Assert.Equal((fast.Heights, fast.Events), (real.Heights, real.Events));
    }

    [Theory]
    [MemberData(nameof(Adversaries))]
    public void One_of_four_may_be_of_any_kind(string kind)
    {
        for (var seed = 1UL; seed <= 3; seed++)
        {
            var plan = Quiet(seed, new Misbehaviour(Enum.Parse<AdversaryKind>(kind), (int)(seed % 4)));
            Assert.Null(SimRun.Of(plan).What);
        }
    }

    [Fact]
    public void Two_of_seven_may_collude()
    {
        var plan = Quiet(
            5, new Misbehaviour(AdversaryKind.ColludingF, 1), new Misbehaviour(AdversaryKind.ColludingF, 2));
        Assert.Null(SimRun.Of(plan with { Validators = 7 }).What);
    }

    [Fact]
    public void I12_a_twin_ends_up_punished()
    {
        var plan = Quiet(2, new Misbehaviour(AdversaryKind.Twin, 2));
        var world = new SimWorld(plan, RuleSet.All, false);
        world.Run();
        Assert.All(world.Honest, n => Assert.Equal([2], n.State.Tombstones));
        Assert.All(world.Honest, n => Assert.Equal(3, n.State.Next.Count));
    }

    [Fact]
    public void A_rule_that_is_off_is_found_within_few_seeds_and_shrinks_to_the_fault_that_it_needs()
    {
        var rules = RuleSet.Without(Rule.VerifySignatures);
        var sweep = SeedSweep.Run(1, 300, rules, 0, 0, 1);
        var found = Assert.Single(sweep.Violations.Take(1));
        var plan = PlanMaker.Make(found.Seed);
        var (small, result, _) = Shrinker.Shrink(plan, found.Invariant!, rules, 60);
        Assert.Equal(found.Invariant, result.Invariant);
        Assert.True(small.Faults.Count < plan.Faults.Count || plan.Faults.Count <= 1);
        Assert.Contains(small.Faults, f => f is Misbehaviour);
    }

    [Fact]
    public void B5_a_crash_before_each_effect_loses_nothing_that_was_said()
    {
        for (var effect = 1; effect <= 90; effect++)
        {
            var loss = (CrashLoss)(effect % 3);
            var plan = Quiet((ulong)(effect % 4), new CrashAtEffect(100, effect % 4, effect, 300, loss)) with
            {
                HealAtMs = 3_000,
                ProgressHeights = 2,
            };
            Assert.Null(SimRun.Of(plan).What);
        }
    }

    [Fact]
    public void B10_after_an_hour_of_partition_the_next_block_comes_within_15_seconds()
    {
        var plan = Quiet(4, new Partition(2_000, 3_602_000, 0b0011)) with
        {
            HealAtMs = 3_602_000,
            ProgressHeights = 1,
            ProgressMs = 15_000,
        };
        Assert.Null(SimRun.Of(plan).What);
    }
}
