using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Bft.Blocks;
using Aitbc.Node.Bft.Durable;
using Aitbc.Node.Bft.Proofs;
using Aitbc.Node.Bft.Sync;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Running;

/// <summary>What the replica wants done.</summary>
internal sealed partial class BftActor
{
    private void Drain()
    {
        while (true)
        {
            if (decision is { } commit && TryDecide(commit))
                continue;
            if (!inputs.TryDequeue(out var input))
                return;
            if (replica is not null)
                Do(replica.Handle(input));
        }
    }

    private void Do(IReadOnlyList<ReplicaAction> actions)
    {
        foreach (var action in actions)
        {
            switch (action)
            {
                case ReplicaAction.StartLog start:
                    wal.Start(start.Height, start.Header.Span);
                    break;
                case ReplicaAction.AppendLog append:
                    wal.Append(append.Record.Span);
                    break;
                case ReplicaAction.SyncLog:
                    wal.Sync();
                    break;
                case ReplicaAction.StoreGuard store:
                    guard.Store(store.Content.Span);
                    break;
                case ReplicaAction.Alarm alarm:
                    Conflict(log, alarm.Height, alarm.Round);
                    break;
                case ReplicaAction.Perform perform:
                    Perform(perform.Effect);
                    break;
                default:
                    throw new InvalidOperationException($"The action {action.GetType().Name} is not known.");
            }

            options.AtPoint?.Invoke(action.GetType().Name);
        }
    }

    private void Perform(BftEffect effect)
    {
        switch (effect)
        {
            case BftEffect.BuildBlock build:
                Build(build);
                break;
            case BftEffect.CheckBlock check:
                Check(check);
                break;
            case BftEffect.Broadcast broadcast:
                Send(broadcast.Message);
                break;
            case BftEffect.ScheduleTimeout timeout:
                if (timeout.Kind == TimeoutKind.Propose)
                    tally.Began();
                timers.Schedule(timeout);
                break;
            case BftEffect.CancelTimeouts:
                timers.Cancel();
                break;
            case BftEffect.Decide decide:
                decision = decide.Certificate;
                break;
            case BftEffect.ReportEvidence evidence:
                if (proofs.Add(evidence.Proof))
                    Tell([evidence.Proof]);
                mailbox.Post(new RunnerItem.Work());
                break;
            case BftEffect.Redeliver early:
                foreach (var message in early.Messages)
                    inputs.Enqueue(new BftInput.MessageReceived(message));
                break;
            default:
                throw new InvalidOperationException($"The effect {effect.GetType().Name} is not known.");
        }
    }

    // What was built for a round is proposed in it, whatever happened in between.
    private void Build(BftEffect.BuildBlock build)
    {
        var candidate = files.Built(build.Height, build.Round) is { } kept ? Read(kept) : null;
        // After a rollback another block may be below.
        if (candidate is null || trial.Check(candidate, Set) is null)
        {
            candidate = trial.Build(Set, proofs.ForBlock());
            files.KeepBuilt(build.Height, build.Round, candidate.Body);
        }

        bodies.Add(candidate);
        inputs.Enqueue(new BftInput.BlockBuilt(build.Height, build.Round, candidate.Info));
    }

    // A damaged file is as good as none: the body is asked for.
    private Candidate? Read(byte[] body) =>
        BodyFiles.HashOf(body) is { } hash && Candidate.TryRead(body, hash, chain.Pool, out var read) ? read : null;

    private void Check(BftEffect.CheckBlock check)
    {
        if (Body(check.Height, check.Block) is { } candidate)
            Answer(candidate, check.Round);
        else
            fetch.Add(check.Height, check.Round, check.Block);
    }

    private Candidate? Body(ulong height, Hash256 block)
    {
        if (bodies.Find(block) is { } known)
            return known;
        if (files.Find(height, block) is not { } kept || Read(kept) is not { } read || read.Info.Hash != block)
            return null;
        bodies.Add(read);
        return read;
    }

    private void OnBody(Candidate candidate)
    {
        var rounds = fetch.RoundsOf(candidate.Info.Hash);
        fetch.Remove(candidate.Info.Hash);
        foreach (var round in rounds)
            Answer(candidate, round);
    }

    // A body that is prevoted stays findable: whoever votes for it must be able to show it.
    private void Answer(Candidate candidate, int round)
    {
        if (candidate.Height != Next)
            return;
        var isValid = trial.Check(candidate, Set) is not null;
        if (isValid)
            files.Keep(candidate.Height, candidate.Info.Hash, candidate.Body);
        inputs.Enqueue(new BftInput.BlockChecked(
            candidate.Height, round, candidate.Info, isValid, trial.IsTimely(candidate)));
    }

    private void Tell(IReadOnlyList<Equivocation> found) =>
        gossip.Broadcast(MessageClass.Sync, PeerCodec.Encode(new PeerMessage.Proofs(found)));

    private void OnProofs(PeerId peer, PeerMessage.Proofs told)
    {
        var found = new List<Equivocation>();
        foreach (var proof in told.Items)
        {
            var verdict = proofs.Offer(proof);
            if (verdict == ProofVerdict.New)
                found.Add(proof);
            if (verdict != ProofVerdict.Bad)
                continue;
            gossip.Misbehaved(peer, "It sent a proof that proves nothing.");
            break;
        }

        if (found.Count == 0)
            return;
        Tell(found);
        mailbox.Post(new RunnerItem.Work());
    }

    private void Send(BftMessage message)
    {
        gossip.Broadcast(MessageClass.Consensus, PeerCodec.Encode(new PeerMessage.Bft(message)));
        // A block that is proposed again is known to most; the others ask for it.
        if (message is not Proposal { ValidRound: < 0 } proposal || sent == (proposal.Height, proposal.Round)
            || Body(proposal.Height, proposal.Block) is not { } candidate)
            return;
        sent = (proposal.Height, proposal.Round);
        foreach (var part in BlockParts.Split(candidate.Body))
        {
            gossip.Broadcast(
                MessageClass.Consensus,
                PeerCodec.Encode(new PeerMessage.Part(proposal.Height, candidate.Info, part)));
        }
    }

    private bool TryDecide(VoteCertificate commit)
    {
        if (commit.Height != Next)
        {
            decision = null;
            return true;
        }

        if (Body(commit.Height, commit.Block) is not { } candidate)
        {
            // Only after a restart that lost the body: its height goes on when it has come.
            fetch.Add(commit.Height, commit.Round, commit.Block);
            return false;
        }

        Commit(candidate, commit, bySync: false);
        return true;
    }

    // The one way in which a block becomes final, decided here or by others.
    private void Commit(Candidate candidate, VoteCertificate commit, bool bySync)
    {
        var result = trial.Check(candidate, Set) ?? throw new InvalidOperationException(
            $"A quorum of the validators has decided block {commit.Height} ({commit.Block}), which is not valid by "
            + "this node's rules. It stops, since either they or it is wrong.");
        var set = Set;
        options.AtPoint?.Invoke("BeforeCommit");
        chain.Commit(result, commit);
        options.AtPoint?.Invoke("AfterCommit");
        decision = null;
        trial.Clear();
        fetch.Clear();
        bodies.Forget(commit.Height);
        tally.Final(commit, set, bySync);
        sync.OnFinal();
        proofs.OnFinal(result.Block);
        feed.Publish(result);
        if (time.GetElapsedTime(told) >= StatusPause)
            TellStatus();
        LookAround();
        if (replica is not null && replica.Engine.Height < Next)
            Do(replica.Start(new BftInput.HeightStarted(Next, Set, Parameters(), commit), wal.Open(Next)));
        files.Forget(commit.Height);
        OnWork();
    }

    private ImportVerdict Import(CertifiedBlock block, ulong height)
    {
        if (height < Next)
            return ImportVerdict.Final;
        if (height > Next)
            return ImportVerdict.Gap;
        if (!MessageCodec.TryDecode(block.Certificate, out var message)
            || message is not VoteCertificate { Kind: VoteKind.Precommit } commit
            || certificates.VerifyCommit(commit, Set, height, commit.Block) != CertificateError.None
            || !Candidate.TryRead(block.Body, commit.Block, chain.Pool, out var candidate))
            return ImportVerdict.Bad;
        Commit(candidate, commit, bySync: true);
        return ImportVerdict.Final;
    }
}
