using Aitbc.Simulator.Model;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using Aitbc.Testing;
using Xunit;

namespace Core.Tests.Simulation;

public sealed class PartTests
{
    [Fact]
    public void Events_run_in_the_order_of_time_and_then_of_being_scheduled()
    {
        var scheduler = new Scheduler();
        List<int> order = [];
        scheduler.At(20, EventKind.Local, 2, 0, () => order.Add(3));
        scheduler.At(10, EventKind.Local, 0, 0, () => order.Add(1));
        scheduler.At(10, EventKind.Local, 1, 0, () => order.Add(2));
        scheduler.At(30, EventKind.Local, 1, 0, () => order.Add(4));
        Assert.Equal(0, scheduler.RunNext(25));
        Assert.Equal(1, scheduler.RunNext(25));
        Assert.Equal(2, scheduler.RunNext(25));
        Assert.Null(scheduler.RunNext(25));
        Assert.Equal([1, 2, 3], order);
        Assert.Equal(25, scheduler.Now);
    }

    [Fact]
    public void The_hash_tells_other_orders_other_nodes_and_other_times_apart()
    {
        static ulong HashOf(params (long At, int Node)[] events)
        {
            var scheduler = new Scheduler();
            foreach (var (at, node) in events)
                scheduler.At(at, EventKind.Local, node, 0, () => { });
            while (scheduler.RunNext(100) is not null)
            {
            }

            return scheduler.Hash.Value;
        }

        Assert.Equal(HashOf((1, 0), (2, 1)), HashOf((1, 0), (2, 1)));
        Assert.NotEqual(HashOf((1, 0), (2, 1)), HashOf((1, 1), (2, 0)));
        Assert.NotEqual(HashOf((1, 0), (2, 1)), HashOf((1, 0), (3, 1)));
        Assert.NotEqual(HashOf((1, 0), (1, 1)), HashOf((1, 1), (1, 0)));
    }

    [Fact]
    public void A_crash_loses_what_was_not_synced_and_nothing_else()
    {
        var disk = new SimDisk(new Xoshiro(1));
        disk.Create("wal");
        disk.Append("wal", [1, 2, 3]);
        disk.Sync("wal");
        disk.Append("wal", [4, 5, 6, 7]);
        disk.Crash("wal", CrashLoss.Unsynced);
        Assert.Equal([1, 2, 3], disk.Read("wal")!);
        for (var i = 0; i < 20; i++)
        {
            disk.Append("wal", [8, 9]);
            disk.Crash("wal", CrashLoss.Torn);
            Assert.True(disk.Read("wal")!.AsSpan().StartsWith(new byte[] { 1, 2, 3 }));
        }

        disk.Create("new");
        disk.Append("new", [1]);
        disk.Crash("new", CrashLoss.Unsynced);
        Assert.Null(disk.Read("new"));
    }

    [Fact]
    public void A_full_disk_and_a_failing_sync_say_so()
    {
        var disk = new SimDisk(new Xoshiro(1));
        disk.Create("wal");
        disk.IsFull = true;
        Assert.Throws<SimDiskException>(() => disk.Append("wal", new byte[100]));
        Assert.True(disk.Read("wal")!.Length < 100);
        Assert.Throws<SimDiskException>(() => disk.Replace("guard", [1]));
        Assert.Null(disk.Read("guard"));
        disk.IsFull = false;
        disk.SyncFails = true;
        Assert.Throws<SimDiskException>(() => disk.Sync("wal"));
    }

    [Fact]
    public void A_clock_drifts_jumps_and_is_set_right()
    {
        var clock = new SimClock();
        Assert.Equal(SimLedger.GenesisTimeMs + 5, clock.NowMs(5_000));
        clock.Drift(0, 10_000);
        Assert.Equal(SimLedger.GenesisTimeMs + 1_010, clock.NowMs(1_000_000));
        Assert.Equal(990_099, clock.Wait(1_000));
        clock.Jump(1_000_000, -3_600_000);
        Assert.Equal(SimLedger.GenesisTimeMs + 1_010 - 3_600_000, clock.NowMs(1_000_000));
        clock.Correct(1_000_000);
        Assert.Equal(SimLedger.GenesisTimeMs + 1_000, clock.NowMs(1_000_000));
    }

    [Fact]
    public void The_network_cuts_clogs_and_doubles_as_told()
    {
        var scheduler = new Scheduler();
        List<(int From, int To, long At)> got = [];
        var net = new SimNet(scheduler, new Xoshiro(3), (from, to, _) => got.Add((from, to, scheduler.Now)));
        var cut = net.Add((from, _) => from == 0);
        net.Send(0, 1, new SimMessage.WantBody(default));
        net.Send(1, 0, new SimMessage.WantBody(default));
        net.Remove(cut);
        net.AddClog(0, 1, 5_000_000);
        net.Send(0, 1, new SimMessage.WantBody(default));
        net.DoublePermille = 1_000;
        net.Send(2, 3, new SimMessage.WantBody(default));
        while (scheduler.RunNext(10_000_000) is not null)
        {
        }

        var links = got.Select(g => (g.From, g.To)).OrderBy(g => (g.From == 0, g.From));
        Assert.Equal([(1, 0), (2, 3), (2, 3), (0, 1)], links);
        Assert.True(got.Single(g => g.From == 0).At >= 5_000_000);
    }
}
