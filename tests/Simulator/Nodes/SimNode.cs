using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Simulator.Adversaries;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using Aitbc.Testing;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Simulator.Nodes;

/// <summary>
/// A process of a validator or follower: the real replica, engine, log codec, guard, permit and evidence pool over a
/// simulated disk, clock and network. Only what the machine does to it is simulated.
/// </summary>
internal sealed partial class SimNode
{
    private const ulong Slack = 4;

    private readonly SimWorld world;
    private readonly Xoshiro random;
    private readonly Queue<ReplicaAction> actions = [];
    private readonly Queue<object> inbox = [];
    private readonly List<Action> parked = [];
    private readonly long[] timers = new long[8];
    private readonly SortedDictionary<int, ulong> told = [];
    private bool waitsForDisk;
    private GuardRecord? record;
    private SigningPermit? permit;
    private EngineView? beforeCrash;

    public SimNode(int id, int key, SimWorld world, Xoshiro random)
    {
        (Id, Key, this.world, this.random) = (id, key, world, random);
        Disk = new SimDisk(random);
        // The guard file is made with the key. One without it is a node that lost it, and never a new one.
        Disk.Replace("guard", new SignGuard(SimKeys.Chain, null).RaiseOver(0)!.ToBytes(SimKeys.Chain));
    }

    public int Id { get; }

    public int Key { get; }

    public SimDisk Disk { get; }

    public SimClock Clock { get; } = new();

    /// <summary>True if the run lets it break the protocol; then nothing is asked of it.</summary>
    public bool IsFaulty { get; set; }

    public Adversary? Adversary { get; set; }

    public bool IsUp { get; private set; }

    public bool IsPaused { get; private set; }

    /// <summary>True once its disk lost something that had been durable.</summary>
    public bool DiskLied { get; set; }

    /// <summary>The operator says that its key runs nowhere else.</summary>
    public bool IsConfirmed { get; set; }

    public int Incarnation { get; private set; }

    public long Effects { get; private set; }

    /// <summary>Crash before the effect with this number; -1 = never.</summary>
    public (long Effect, int DownMs, CrashLoss Loss) CrashAt { get; set; } = (-1, 0, CrashLoss.Nothing);

    public BftReplica? Replica { get; private set; }

    public EvidencePool Pool { get; private set; } = new();

    public ulong Tip => (ulong)Disk.Chain.Count;

    public SimState State => Disk.Chain.Count == 0 ? world.Ledger.Genesis : Disk.Chain[^1].After;

    public PermitState Permit => permit?.State ?? PermitState.NeedsConfirmation;

    private string Wal => $"wal-{Tip + 1}";

    /// <summary>The set of a height up to the one above the tip.</summary>
    public ValidatorSet? SetOf(ulong height) => height switch
    {
        0 => null,
        1 => world.Ledger.Genesis.Next,
        _ => height <= Tip + 1 ? Disk.Chain[(int)height - 2].After.Next : null,
    };

    public void Start()
    {
        if (IsUp)
            return;
        IsUp = true;
        Pool = new EvidencePool();
        told.Clear();
        var bytes = Disk.Read("guard");
        record = bytes is null ? null : GuardRecord.FromBytes(bytes, SimKeys.Chain);
        TickLater(1_000);
        if (record is { IsWatching: false } && record.Height + 1 >= Tip)
            Begin(new SigningPermit(record, Tip, IsConfirmed));
        Pump();
    }

    // Without a guard that fits, a node first catches up with what others tell, and then signs nothing for some
    // heights more: it may have signed there before.
    private void BeginIfNear()
    {
        if (Replica is not null)
            return;
        var set = State.Next;
        var weight = 0UL;
        for (var i = 0; i < set.Count; i++)
        {
            if (told.TryGetValue(world.Keys.KeyOf(set[i]), out var tip) && tip <= Tip)
                weight += set[i].Weight;
        }

        if (weight < set.SkipWeight)
            return;
        Begin(new SigningPermit(record, Tip + Slack, IsConfirmed));
    }

    private void Begin(SigningPermit granted)
    {
        permit = granted;
        var engine = new BftEngine(SimKeys.Chain, world.Keys.Public(Key), world.Keys, world.Rules);
        Replica = new BftReplica(
            SimKeys.Chain, engine, new SignGuard(SimKeys.Chain, record), world.Keys.Signer(Key), permit);
        Enter(ReadLog());
        if (beforeCrash is { } before)
            world.Checks.Restarted(this, before, EngineView.Of(engine));
        beforeCrash = null;
    }

    public void Crash(CrashLoss loss)
    {
        if (!IsUp)
            return;
        var clean = loss == CrashLoss.Nothing && actions.Count == 0 && !waitsForDisk;
        beforeCrash = clean && Replica is not null ? EngineView.Of(Replica.Engine) : null;
        (IsUp, IsPaused, waitsForDisk) = (false, false, false);
        Incarnation++;
        Disk.Crash(Wal, loss);
        actions.Clear();
        inbox.Clear();
        parked.Clear();
        Forget();
        asked = null;
        (Replica, permit) = (null, null);
    }

    /// <summary>As SIGSTOP and SIGCONT: nothing runs, and what came meanwhile is there afterwards.</summary>
    public void Pause() => IsPaused = IsUp;

    public void Resume()
    {
        if (!IsPaused)
            return;
        IsPaused = false;
        foreach (var run in parked.ToArray())
            run();
        parked.Clear();
    }

    public void Offer(BftInput input) => Run(() => inbox.Enqueue(input));

    private void Enter(IReadOnlyList<BftInput>? log)
    {
        Forget();
        var height = new HeightStarted(
            Tip + 1, SetOf(Tip + 1)!, world.ParametersOf(State), Tip == 0 ? null : Disk.Chain[^1].Certificate);
        foreach (var action in Replica!.Start(height, log))
            actions.Enqueue(action);
    }

    private List<BftInput>? ReadLog()
    {
        if (Disk.Read(Wal) is not { } bytes)
            return null;
        var content = WalCodec.Read(bytes, SimKeys.Chain, Tip + 1);
        if (content.Status == WalStatus.Damaged)
        {
            // The node stops and says so; the operator takes the log away.
            Disk.Delete(Wal);
            return null;
        }

        if (content.GoodLength == 0)
            return null;
        Disk.Truncate(Wal, content.GoodLength);
        return [.. content.Inputs];
    }

    /// <summary>Runs something of this process, unless it has died meanwhile; later, if it is stopped.</summary>
    private void Run(Action work)
    {
        if (!IsUp)
            return;
        if (IsPaused)
        {
            parked.Add(() => Run(work));
            return;
        }

        work();
        Pump();
    }

    private void Later(long micros, EventKind kind, ulong detail, Action work)
    {
        var life = Incarnation;
        world.Scheduler.After(micros, kind, Id, detail, () =>
        {
            if (life == Incarnation)
                Run(work);
        });
    }

    private void Pump()
    {
        while (IsUp && !waitsForDisk)
        {
            while (actions.TryPeek(out var action))
            {
                Effects++;
                if (Effects == CrashAt.Effect)
                {
                    world.CrashFor(this, CrashAt.DownMs, CrashAt.Loss);
                    return;
                }

                actions.Dequeue();
                if (!TryPerform(action, out var micros))
                    return;
                if (micros > 0)
                {
                    waitsForDisk = true;
                    Later(micros, EventKind.Disk, 0, () => waitsForDisk = false);
                    return;
                }
            }

            if (!inbox.TryDequeue(out var item))
                return;
            if (item is SimCommit commit)
                Adopt(commit);
            else
                Handle((BftInput)item);
        }
    }

    private void Handle(BftInput input)
    {
        if (Replica is null)
            return;
        foreach (var action in Replica.Handle(input))
            actions.Enqueue(action);
    }

    private bool TryPerform(ReplicaAction action, out long micros)
    {
        micros = 0;
        try
        {
            micros = Perform(action);
            return IsUp;
        }
        catch (SimDiskException)
        {
            // The first write that fails stops the node for good; somebody starts it again.
            world.CrashFor(this, 2_000, CrashLoss.Torn);
            return false;
        }
    }
}
