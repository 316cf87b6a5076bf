using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Simulator.Faults;
using Aitbc.Simulator.Invariants;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Nodes;
using Aitbc.Simulator.Parts;
using Aitbc.Testing;

namespace Aitbc.Simulator.Running;

/// <summary>All nodes of a run, on one thread and in virtual time. Everything it does follows from the plan.</summary>
internal sealed class SimWorld
{
    private readonly Xoshiro random;
    private readonly List<MemberChange> wanted = [];

    public SimWorld(SimPlan plan, RuleSet rules, bool realSignatures)
    {
        (Plan, Rules) = (plan, rules);
        random = new Xoshiro(plan.Seed ^ 0x5157);
        Keys = new SimKeys(realSignatures);
        Ledger = new SimLedger(Keys, plan.Validators);
        Verifier = new CertificateVerifier(SimKeys.Chain, Keys);
        Net = new SimNet(Scheduler, new Xoshiro(random.Next()), (from, to, m) => Nodes[to].Receive(from, m));
        for (var i = 0; i < plan.Validators + plan.Spares; i++)
            AddNode(i);
        Checks = new InvariantSet(this);
        foreach (var fault in plan.Faults)
            fault.Prepare(this);
    }

    public SimPlan Plan { get; }

    public RuleSet Rules { get; }

    public Scheduler Scheduler { get; } = new();

    public SimKeys Keys { get; }

    public SimLedger Ledger { get; }

    public CertificateVerifier Verifier { get; }

    public SimNet Net { get; }

    public List<SimNode> Nodes { get; } = [];

    public InvariantSet Checks { get; }

    /// <summary>What colluding validators agreed on for a height and round.</summary>
    public Dictionary<(ulong Height, int Round), (Hash256 One, Hash256 Other)> Plots { get; } = [];

    /// <summary>Faults that took effect.</summary>
    public int FaultsDone { get; set; }

    public bool IsHealed { get; private set; }

    public IEnumerable<SimNode> Honest => Nodes.Where(n => !n.IsFaulty);

    public ulong HighestTip => Honest.Max(n => n.Tip);

    public SimNode AddNode(int key)
    {
        var node = new SimNode(Nodes.Count, key, this, new Xoshiro(random.Next()));
        Nodes.Add(node);
        return node;
    }

    /// <summary>Runs the faults, then heals and requires progress (I13).</summary>
    public void Run()
    {
        foreach (var node in Nodes.ToArray())
            At(random.Below(20), node.Id, node.Start);
        foreach (var fault in Plan.Faults)
            fault.Schedule(this);
        Work();
        RunUntil(Plan.HealAtMs * 1_000L);
        Heal();
        var (target, deadline) = (HighestTip + Plan.ProgressHeights, Scheduler.Now + (Plan.ProgressMs * 1_000L));
        while (!HasReached(target) && Step(deadline))
        {
        }

        Checks.End(HasReached(target), target);
    }

    public void RunUntil(long micros)
    {
        while (Step(micros))
        {
        }
    }

    public void Heal()
    {
        IsHealed = true;
        Net.Heal();
        foreach (var node in Nodes)
        {
            (node.Disk.IsFull, node.Disk.SyncFails, node.Disk.SyncMicros) = (false, false, 0);
            node.CrashAt = (-1, 0, CrashLoss.Nothing);
            node.Clock.Correct(Scheduler.Now);
            node.Resume();
            // Whoever was kept from signing by an echo of its own key is asked about it again.
            if (node.IsUp && node.Permit is PermitState.KeyIsInUse or PermitState.NeedsConfirmation)
                node.Crash(CrashLoss.Nothing);
            node.IsConfirmed = true;
            node.Start();
        }
    }

    /// <summary>Does something at a time of the plan, in milliseconds.</summary>
    public void At(long ms, int node, Action run) => Scheduler.At(ms * 1_000, EventKind.Fault, node, 0, run);

    /// <summary>As <see cref="At"/>, and never once all is healed.</summary>
    public void FaultAt(long ms, int node, Action run) => At(ms, node, () =>
    {
        if (IsHealed)
            return;
        FaultsDone++;
        run();
    });

    public void CrashFor(SimNode node, int downMs, CrashLoss loss)
    {
        node.Crash(loss);
        if (IsHealed)
            downMs = Math.Min(downMs, 100);
        Scheduler.After(downMs * 1_000L, EventKind.Fault, node.Id, 1, node.Start);
    }

    public void Ask(MemberChange change) => wanted.Add(change);

    /// <summary>A change that somebody asked for and that has not happened.</summary>
    public MemberChange? WantedChange(SimState state, Xoshiro chance)
    {
        var open = wanted.FindAll(c => state.Next.IndexOf(Keys.Public(c.Key).Span) >= 0 != c.Joins);
        return open.Count == 0 ? null : open[chance.Below(open.Count)];
    }

    /// <summary>Times change from block to block where the plan says so, and some of them must not be taken.</summary>
    public BftParameters ParametersOf(SimState state)
    {
        if (!Plan.ChangesParameters)
            return BftParameters.Lan;
        return (state.Counter % 5) switch
        {
            0 => BftParameters.Lan with { ProposeMs = 0 },
            1 => BftParameters.Lan with { VoteMs = 300, VoteStepMs = 50 },
            2 => BftParameters.Lan with { CapMs = int.MaxValue },
            3 => BftParameters.Lan with { EmptyBlockMs = 500, RebroadcastMs = 700 },
            _ => BftParameters.Lan,
        };
    }

    private bool HasReached(ulong target) => Honest.All(n => n.Tip >= target);

    private bool Step(long until)
    {
        if (Scheduler.RunNext(until) is not { } id)
            return false;
        if (id >= 0)
            Checks.After(Nodes[id]);
        else
            Nodes.ForEach(Checks.After);
        return true;
    }

    private void Work()
    {
        var pause = Plan.WorkEveryMs / 2 + random.Below(Plan.WorkEveryMs);
        Scheduler.After(pause * 1_000L, EventKind.Work, -1, 0, () =>
        {
            foreach (var node in Nodes)
                node.Offer(new BftInput.WorkAvailable());
            Work();
        });
    }
}
