using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Simulator.Model;
using Aitbc.Simulator.Parts;
using Aitbc.Simulator.Running;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Simulator.Nodes;

/// <summary>What comes from other nodes: messages, bodies in parts, and a simple sync beside consensus.</summary>
internal sealed partial class SimNode
{
    private const int MostAssemblies = 64;
    private const int MostBlocks = 32;
    private const int ProofsAtOnce = 4;
    private const long AnswerMicros = 2_000_000;
    private const long MistrustMicros = 10_000_000;

    private readonly Dictionary<(Hash256 Block, Hash256 Root), ReadOnlyMemory<byte>?[]> assemblies = [];
    private readonly Dictionary<int, long> mistrusted = [];
    private (int Peer, ulong From, long At)? asked;

    private CertificateVerifier Verifier => world.Verifier;

    public void Receive(int from, SimMessage message) => Run(() =>
    {
        switch (message)
        {
            case SimMessage.Consensus consensus:
                world.Checks.Heard(this, consensus.Message);
                WatchOwnKey(consensus.Message);
                inbox.Enqueue(new MessageReceived(consensus.Message));
                break;
            case SimMessage.Part part:
                OnPart(part);
                break;
            case SimMessage.WantBody want when Body(want.Block) is { } body:
                SendBody(from, body);
                break;
            case SimMessage.Proof proof:
                OnProof(proof.Content);
                break;
            case SimMessage.Status status:
                OnStatus(from, status);
                break;
            case SimMessage.WantBlocks want when want.From >= 1 && want.From <= Tip:
                var first = (int)want.From - 1;
                var count = Math.Min(Math.Min(want.Count, MostBlocks), Disk.Chain.Count - first);
                Send(from, new SimMessage.Blocks(Disk.Chain.GetRange(first, count)));
                break;
            case SimMessage.Blocks blocks:
                OnBlocks(from, blocks.Commits);
                break;
        }
    });

    private bool IsOfUse(Equivocation proof) => world.Ledger.IsGood(State, proof, Tip + 1, SetOf);

    private void OnProof(Equivocation proof)
    {
        if (!IsOfUse(proof) || !Pool.Add(proof))
            return;
        world.Checks.Accused(this, proof);
        Tell(proof);
    }

    private void Tell(Equivocation proof)
    {
        foreach (var peer in world.Nodes)
        {
            if (peer.Id != Id)
                Send(peer.Id, new SimMessage.Proof(proof));
        }
    }

    private void WatchOwnKey(BftMessage message)
    {
        if (permit is null || permit.State == PermitState.Granted || message is not SignedMessage signed
            || SetOf(signed.Height) is not { } set || !set.Contains(signed.Signer)
            || world.Keys.KeyOf(set[signed.Signer]) != Key || !Verifier.IsSigned(signed, set))
            return;
        permit.SawOwnKey(signed.Height);
    }

    private void OnPart(SimMessage.Part part)
    {
        if (part.Index < 0 || part.Index >= part.All.Count || part.All.Count > 64 || Body(part.Block) is not null
            || Keccak256.Hash(part.Bytes.Span) != part.All[part.Index])
            return;
        var place = (part.Block, SimBlock.PartsRoot(part.All));
        if (!assemblies.TryGetValue(place, out var parts))
        {
            if (assemblies.Count >= MostAssemblies)
                assemblies.Clear();
            assemblies[place] = parts = new ReadOnlyMemory<byte>?[part.All.Count];
        }

        parts[part.Index] = part.Bytes;
        if (Array.Exists(parts, p => p is null))
            return;
        assemblies.Remove(place);
        byte[] bytes = [.. parts.SelectMany(p => p!.Value.ToArray())];
        if (world.Ledger.Read(bytes) is { } block && block.Hash == part.Block)
            OnBody(block);
    }

    private void OnBody(SimBlock block)
    {
        received.TryAdd(block.Hash, block);
        foreach (var question in questions.FindAll(q => q.Block == block.Hash))
        {
            questions.Remove(question);
            TryDisk(() => Answer(question, block));
        }

        if (decision is { } waiting && waiting.Block == block.Hash)
        {
            decision = null;
            TryDisk(() => Decide(waiting));
        }
    }

    private void TryDisk(Action work)
    {
        try
        {
            if (IsUp)
                work();
        }
        catch (SimDiskException)
        {
            world.CrashFor(this, 2_000, CrashLoss.Torn);
        }
    }

    private void TickLater(long micros) => Later(micros + random.Below(50_000), EventKind.Tick, 0, () =>
    {
        var status = new SimMessage.Status(Tip, Tip == 0 ? null : Disk.Chain[^1].Certificate);
        foreach (var peer in world.Nodes)
        {
            if (peer.Id != Id)
                Send(peer.Id, status);
        }

        foreach (var proof in Pool.Take(EvidencePool.Capacity).Where(IsOfUse).Take(ProofsAtOnce))
            Tell(proof);
        Adversary?.Tick(this);
        TickLater(1_000_000);
    });

    // A claim is a reason to ask who made it, never a height to reach. The very next one is checked before.
    private void OnStatus(int from, SimMessage.Status status)
    {
        told[world.Nodes[from].Key] = status.Tip;
        BeginIfNear();
        if (asked is { } open && world.Scheduler.Now - open.At >= AnswerMicros)
            Mistrust(open.Peer);
        if (status.Tip <= Tip || status.Commit is null || asked is not null
            || mistrusted.GetValueOrDefault(from) > world.Scheduler.Now)
            return;
        if (status.Tip == Tip + 1 && (status.Commit.Height != status.Tip
            || Verifier.Verify(status.Commit, SetOf(Tip + 1)!) != CertificateError.None))
            return;
        asked = (from, Tip + 1, world.Scheduler.Now);
        Send(from, new SimMessage.WantBlocks(Tip + 1, MostBlocks));
    }

    // Only what was asked for, from whom it was asked, without gaps.
    private void OnBlocks(int from, IReadOnlyList<SimCommit> commits)
    {
        if (asked is not { } open || open.Peer != from)
            return;
        asked = null;
        if (commits.Count is 0 or > MostBlocks || commits[0].Block.Height != open.From)
        {
            Mistrust(from);
            return;
        }

        foreach (var commit in commits)
            inbox.Enqueue(commit);
    }

    // Who does not answer, or wrongly, is not asked for a while; else a liar in step with the clock is asked always.
    private void Mistrust(int peer)
    {
        asked = null;
        mistrusted[peer] = world.Scheduler.Now + MistrustMicros;
    }

    private void Adopt(SimCommit offered)
    {
        if (offered.Block.Height != Tip + 1)
            return;
        var set = SetOf(Tip + 1)!;
        if (Verifier.VerifyCommit(offered.Certificate, set, Tip + 1, offered.Block.Hash) != CertificateError.None
            || world.Ledger.Execute(State, offered.Block, SetOf) is not { } after)
            return;
        TryDisk(() => Commit(new SimCommit(offered.Block, offered.Certificate, after)));
    }
}
