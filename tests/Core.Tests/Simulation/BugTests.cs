using System.Globalization;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Simulator.Faults;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using Xunit;

namespace Core.Tests.Simulation;

/// <summary>
/// Faults that others had (docs/simulator.md has the table) and that need several nodes to show. All invariants hold in
/// each.
/// </summary>
public sealed class BugTests
{
    [Fact]
    public void B2_a_hidden_lock_is_found_within_2n_rounds()
    {
        for (var seed = 1UL; seed <= 6; seed++)
        {
            var world = Run(Plan(
                seed, new Misbehaviour(AdversaryKind.EquivocatorPerPeer, 3), new Noise(0, 5_000, 150, 0, 50),
                new AsymmetricPartition(500, 4_000, 1UL << (int)(seed % 3))));
            Assert.All(world.Nodes[0].Disk.Chain, c => Assert.True(c.Certificate.Round <= 8));
        }
    }

    [Fact]
    public void B7_the_honest_decide_whatever_the_delays()
    {
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var world = Run(Plan(seed, new Noise(0, 60_000, 0, 100, 600)) with { HealAtMs = 60_000 });
            Assert.True(world.HighestTip > 10);
        }
    }

    [Fact]
    public void B8_one_that_only_stops_and_delays_do_not_lock_the_others_on_different_blocks()
    {
        for (var seed = 1UL; seed <= 4; seed++)
        {
            var world = Run(Plan(
                seed, new Misbehaviour(AdversaryKind.Silent, (int)(seed % 4)), new Noise(0, 30_000, 50, 50, 400)) with
            {
                HealAtMs = 30_000,
            });
            Assert.True(world.HighestTip > 5);
        }
    }

    [Fact]
    public void B9_a_long_idle_time_with_restarts_ends_with_a_chain_that_goes_on()
    {
        Fault[] crashes = [.. Enumerable.Range(1, 20).Select(
            i => new Crash(i * 14_000, i % 4, 9_000, (CrashLoss)(i % 3)))];
        var world = Run(Plan(3, crashes) with { HealAtMs = 300_000, WorkEveryMs = 120_000 });
        Assert.True(world.HighestTip > 100);
    }

    [Fact]
    public void B11_a_block_is_proposed_again_while_one_is_down()
    {
        var world = Run(Plan(
            5, new Misbehaviour(AdversaryKind.JustTooLate, 2), new Noise(0, 20_000, 250, 0, 0)) with
        {
            HealAtMs = 20_000,
        });
        Assert.Contains(world.Nodes[0].Disk.Chain, c => c.Certificate.Round > 0);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(7, 2)]
    public void B12_liars_about_heights_keep_nobody_from_catching_up(int validators, int liars)
    {
        Fault[] faults =
        [
            new Crash(500, 0, 6_000, CrashLoss.Unsynced),
            .. Enumerable.Range(1, liars).Select(i => new Misbehaviour(AdversaryKind.TipLiar, i)),
        ];
        Run(Plan(6, faults) with { Validators = validators });
    }

    [Fact]
    public void B13_parts_with_the_index_of_another_and_bodies_with_a_part_missing_stop_nobody()
    {
        for (var seed = 1UL; seed <= 3; seed++)
            Run(Plan(seed, new Misbehaviour(AdversaryKind.Withholder, (int)(seed % 4))));
    }

    [Fact]
    public void B20_a_node_catches_up_over_more_than_ten_changes_of_the_set()
    {
        Fault[] changes = [.. Enumerable.Range(0, 14).Select(
            i => new Membership(500 + (i * 1_500), 4 + (i % 2), i % 4 < 2))];
        var world = Run(Plan(2, [new Crash(400, 1, 24_000, CrashLoss.Torn), .. changes]) with
        {
            Spares = 2,
            HealAtMs = 25_000,
        });
        var sets = world.Nodes[1].Disk.Chain.Select(c => c.After.Next.Hash);
        var count = sets.Zip(sets.Skip(1)).Count(p => p.First != p.Second);
        Assert.True(count >= 5, $"{count} changes");
    }

    [Fact]
    public void B21_another_culture_gives_the_same_run()
    {
        var plan = PlanMaker.Make(11);
        var here = SimRun.Of(plan);
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NegativeSign = "~";
        other.NumberFormat.NumberDecimalSeparator = ",";
        try
        {
            CultureInfo.CurrentCulture = other;
            Assert.Equal(here, SimRun.Of(plan));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void B22_a_block_whose_batch_failed_is_neither_told_nor_lost()
    {
        for (var at = 300; at < 1_500; at += 60)
        {
            var full = new DiskFull(at, at + 700, at % 4);
            Run(Plan((ulong)at, full, new SyncFails(at + 100, at + 600, (at + 1) % 4)) with
            {
                HealAtMs = 3_000,
                ProgressHeights = 3,
            });
        }
    }

    [Fact]
    public void B24_a_punished_key_does_not_come_back()
    {
        var world = Run(Plan(
            2, new Misbehaviour(AdversaryKind.Twin, 2), new Membership(100, 2, true)));
        Assert.All(world.Honest, n => Assert.Contains(2, n.State.Tombstones));
        Assert.All(world.Honest, n => Assert.Equal(3, n.State.Next.Count));
    }

    private static SimPlan Plan(ulong seed, params Fault[] faults) => new(seed, 4, 0, 5_000, 300, false, faults);

    private static SimWorld Run(SimPlan plan)
    {
        var world = new SimWorld(plan, RuleSet.All, false);
        world.Run();
        return world;
    }
}
