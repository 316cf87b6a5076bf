using Aitbc.Simulator.Model;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Faults;

/// <summary>The process dies and comes back.</summary>
internal sealed record Crash(int AtMs, int Node, int DownMs, CrashLoss Loss) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) =>
        world.FaultAt(AtMs, Node, () => world.CrashFor(world.Nodes[Node], DownMs, Loss));
}

/// <summary>The process dies right before an effect, counted from the time.</summary>
internal sealed record CrashAtEffect(int AtMs, int Node, int Effect, int DownMs, CrashLoss Loss) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) => world.FaultAt(
        AtMs, Node, () => world.Nodes[Node].CrashAt = (world.Nodes[Node].Effects + Effect, DownMs, Loss));
}

/// <summary>SIGSTOP, and SIGCONT later.</summary>
internal sealed record Pause(int AtMs, int UntilMs, int Node) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, Node, world.Nodes[Node].Pause);
        world.At(UntilMs, Node, world.Nodes[Node].Resume);
    }
}

/// <summary>Every write fails for want of space; the first stops the node.</summary>
internal sealed record DiskFull(int AtMs, int UntilMs, int Node) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, Node, () => world.Nodes[Node].Disk.IsFull = true);
        world.At(UntilMs, Node, () => world.Nodes[Node].Disk.IsFull = false);
    }
}

/// <summary>Syncs answer with an input/output error; the first stops the node.</summary>
internal sealed record SyncFails(int AtMs, int UntilMs, int Node) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, Node, () => world.Nodes[Node].Disk.SyncFails = true);
        world.At(UntilMs, Node, () => world.Nodes[Node].Disk.SyncFails = false);
    }
}

/// <summary>Syncs take long.</summary>
internal sealed record SlowDisk(int AtMs, int UntilMs, int Node, int SyncMs) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, Node, () => world.Nodes[Node].Disk.SyncMicros = SyncMs * 1_000L);
        world.At(UntilMs, Node, () => world.Nodes[Node].Disk.SyncMicros = 0);
    }
}

/// <summary>The clock jumps, and is set right some time later.</summary>
internal sealed record ClockJump(int AtMs, int UntilMs, int Node, int DeltaMs) : Fault(AtMs)
{
    public override void Schedule(SimWorld world)
    {
        world.FaultAt(AtMs, Node, () => world.Nodes[Node].Clock.Jump(world.Scheduler.Now, DeltaMs));
        world.At(UntilMs, Node, () => world.Nodes[Node].Clock.Correct(world.Scheduler.Now));
    }
}

/// <summary>The clock runs fast or slow, in parts of a million.</summary>
internal sealed record ClockDrift(int AtMs, int Node, int Ppm) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) =>
        world.FaultAt(AtMs, Node, () => world.Nodes[Node].Clock.Drift(world.Scheduler.Now, Ppm));
}

/// <summary>What a disk can lose of what was durable.</summary>
internal enum DiskLoss
{
    /// <summary>A bit of the log.</summary>
    LogBit,

    /// <summary>The log of the height.</summary>
    Log,

    /// <summary>A bit of the guard file.</summary>
    GuardBit,

    /// <summary>All but the guard.</summary>
    AllButGuard,

    /// <summary>All of it.</summary>
    All,

    /// <summary>The newest blocks: an old copy of the database, with the guard of today.</summary>
    NewestBlocks,
}

/// <summary>
/// The node is down and its disk is not what it was. Counts as faulty until it is back in step; what the operator must
/// do (take a damaged log away, confirm that the key runs nowhere else) has been done when it starts again.
/// </summary>
internal sealed record DiskLoses(int AtMs, int Node, int DownMs, DiskLoss What) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) => world.FaultAt(AtMs, Node, () =>
    {
        var node = world.Nodes[Node];
        world.CrashFor(node, DownMs, CrashLoss.Torn);
        (node.DiskLied, node.IsConfirmed) = (true, true);
        var wal = $"wal-{node.Tip + 1}";
        switch (What)
        {
            case DiskLoss.LogBit:
                node.Disk.FlipBit(wal);
                break;
            case DiskLoss.Log:
                node.Disk.Delete(wal);
                break;
            case DiskLoss.GuardBit:
                node.Disk.FlipBit("guard");
                break;
            case DiskLoss.AllButGuard or DiskLoss.All:
                node.Disk.Wipe(What == DiskLoss.AllButGuard);
                break;
            default:
                node.Disk.RestoreOld(5, wal);
                break;
        }
    });
}

/// <summary>Somebody asks that a key joins or leaves the validators.</summary>
internal sealed record Membership(int AtMs, int Key, bool Joins) : Fault(AtMs)
{
    public override void Schedule(SimWorld world) =>
        world.FaultAt(AtMs, -1, () => world.Ask(new MemberChange(Key, Joins)));
}
