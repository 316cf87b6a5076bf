using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Simulator.Nodes;

/// <summary>Carries out what the replica wants, in order.</summary>
internal sealed partial class SimNode
{
    private const long AheadMs = 2_000;
    private const long BehindMs = 10_000;

    private readonly Dictionary<Hash256, SimBlock> received = [];
    private readonly List<BftEffect.CheckBlock> questions = [];
    private BftEffect.Decide? decision;

    /// <summary>Sends to one node; what an adversary makes of it is its own affair.</summary>
    public void Send(int to, SimMessage message)
    {
        if (Adversary is null)
            world.Net.Send(Id, to, message);
        else
            Adversary.Send(this, to, message);
    }

    public static SimMessage.Consensus Pack(BftMessage message)
    {
        var bytes = MessageCodec.Encode(message);
        if (!MessageCodec.TryDecode(bytes, out var read))
            throw new InvalidOperationException("What was encoded does not decode.");
        return new SimMessage.Consensus(read, EventHash.Of(bytes));
    }

    /// <summary>A block that may follow the tip, other than all before.</summary>
    public SimBlock NewBlock(Equivocation? proof, MemberChange? change) => world.Ledger.Build(
        State,
        new SimBlock
        {
            Height = Tip + 1,
            Parent = State.Tip,
            TimeMs = Math.Max(State.TimeMs, Clock.NowMs(world.Scheduler.Now)),
            Proposer = Key,
            Add = 1 + (ulong)random.Below(100),
            Change = change,
            Proof = proof,
            StateRoot = default,
            NextValidators = default,
            Nonce = random.Next(),
        },
        SetOf);

    public void SendBody(int to, SimBlock block)
    {
        for (var i = 0; i < block.Parts.Count; i++)
            Send(to, new SimMessage.Part(block.Hash, i, block.Parts, SimBlock.Part(block.Bytes, i)));
    }

    public SimBlock? Body(Hash256 hash) => received.GetValueOrDefault(hash) ?? Disk.Body(hash);

    private long Perform(ReplicaAction action)
    {
        switch (action)
        {
            case ReplicaAction.StartLog start:
                Disk.Delete($"wal-{start.Height - 1}");
                Disk.Create(Wal);
                Disk.Append(Wal, start.Header.Span);
                return 0;
            case ReplicaAction.AppendLog append:
                Disk.Append(Wal, append.Record.Span);
                return 0;
            case ReplicaAction.SyncLog:
                Disk.Sync(Wal);
                return Disk.SyncMicros;
            case ReplicaAction.StoreGuard store:
                Disk.Replace("guard", store.Content.Span);
                return Disk.SyncMicros;
            case ReplicaAction.Alarm alarm:
                world.Checks.Alarmed(this, alarm);
                return 0;
            default:
                return Perform(((ReplicaAction.Perform)action).Effect);
        }
    }

    private long Perform(BftEffect effect)
    {
        switch (effect)
        {
            case BftEffect.BuildBlock build:
                Later(random.Below(3_000), EventKind.Local, 1, () => Build(build));
                return 0;
            case BftEffect.CheckBlock check:
                Check(check);
                return 0;
            case BftEffect.Broadcast broadcast:
                Broadcast(broadcast.Message);
                return 0;
            case BftEffect.ScheduleTimeout timeout:
                Schedule(timeout);
                return 0;
            case BftEffect.CancelTimeouts:
                for (var kind = 0; kind < timers.Length; kind++)
                    timers[kind] += kind == (int)TimeoutKind.Rebroadcast ? 0 : 1;
                return 0;
            case BftEffect.Decide decide:
                return Decide(decide);
            case BftEffect.ReportEvidence report:
                world.Checks.Accused(this, report.Proof);
                if (Pool.Add(report.Proof))
                    Tell(report.Proof);
                return 0;
            case BftEffect.Redeliver again:
                foreach (var message in again.Messages)
                    inbox.Enqueue(new MessageReceived(message));
                return 0;
            default:
                throw new InvalidOperationException($"Nobody carries out {effect.GetType().Name}.");
        }
    }

    private void Schedule(BftEffect.ScheduleTimeout timeout)
    {
        var mine = ++timers[(int)timeout.Kind];
        Later(Clock.Wait(timeout.Milliseconds), EventKind.Timer, (ulong)timeout.Kind, () =>
        {
            if (timers[(int)timeout.Kind] == mine)
                inbox.Enqueue(new TimeoutElapsed(timeout.Kind, timeout.Height, timeout.Round));
        });
    }

    private void Build(BftEffect.BuildBlock build)
    {
        if (build.Height != Tip + 1)
            return;
        var proof = Pool.Take(EvidencePool.Capacity).FirstOrDefault(
            p => world.Ledger.IsGood(State, p, build.Height, SetOf));
        var block = NewBlock(proof, proof is null ? world.WantedChange(State, random) : null);
        try
        {
            Disk.Store(block);
        }
        catch (SimDiskException)
        {
            world.CrashFor(this, 2_000, CrashLoss.Torn);
            return;
        }

        inbox.Enqueue(new BlockBuilt(build.Height, build.Round, block.Info));
    }

    private void Broadcast(BftMessage message)
    {
        var packed = Pack(message);
        world.Scheduler.Hash.Add(packed.Print);
        world.Checks.Sent(this, message);
        var body = message is Proposal proposal ? Body(proposal.Block) : null;
        foreach (var peer in world.Nodes)
        {
            if (peer.Id == Id)
                continue;
            Send(peer.Id, packed);
            if (body is not null)
                SendBody(peer.Id, body);
        }
    }

    private void Check(BftEffect.CheckBlock question)
    {
        if (Body(question.Block) is { } body)
        {
            Answer(question, body);
            return;
        }

        if (!questions.Contains(question))
            questions.Add(question);
        Want(question.Block);
    }

    private void Want(Hash256 block)
    {
        foreach (var peer in world.Nodes)
        {
            if (peer.Id != Id)
                Send(peer.Id, new SimMessage.WantBody(block));
        }
    }

    private void Answer(BftEffect.CheckBlock question, SimBlock body)
    {
        var valid = question.Height == Tip + 1 && world.Ledger.Execute(State, body, SetOf) is not null;
        var now = Clock.NowMs(world.Scheduler.Now);
        var timely = body.TimeMs <= now + AheadMs && body.TimeMs >= now - BehindMs;
        // Who votes for a block must be able to produce it after a crash.
        if (valid)
            Disk.Store(body);
        var answer = new BlockChecked(question.Height, question.Round, body.Info, valid, timely);
        if (random.Below(4) == 0)
            Later(1 + random.Below(4_000), EventKind.Local, 2, () => inbox.Enqueue(answer));
        else
            inbox.Enqueue(answer);
    }

    private long Decide(BftEffect.Decide decide)
    {
        if (Body(decide.Block) is not { } body)
        {
            decision = decide;
            Want(decide.Block);
            return 0;
        }

        if (world.Ledger.Execute(State, body, SetOf) is not { } after)
            throw new InvariantException("I7SameState", $"node {Id} decided a block that may not follow");
        Commit(new SimCommit(body, decide.Certificate, after));
        return Disk.SyncMicros;
    }

    private void Commit(SimCommit commit)
    {
        Disk.Commit(commit);
        world.Scheduler.Hash.Add(commit.Block.Hash);
        world.Checks.Committed(this, commit);
        if (commit.Block.Proof is { } proof)
            Pool.Included(proof);
        Pool.Expire(Tip + 1, SimLedger.EvidenceWindow);
        if (Replica is not null)
            Enter(ReadLog());
        else
            Forget();
    }

    private void Forget()
    {
        received.Clear();
        questions.Clear();
        assemblies.Clear();
        decision = null;
    }
}
