using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using static Aitbc.Consensus.Bft.Engine.BftEffect;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>
/// Tendermint (arXiv 1807.04938, algorithm 1) with accountable prevotes and certificates (specs/consensus.md, sections
/// 4 to 6). Deterministic and for one thread: the same inputs in the same order give the same effects and state. The
/// state changes in place, because vote tables of hundreds of validators would otherwise be copied for every vote; who
/// needs an older state replays the inputs.
/// </summary>
public sealed partial class BftEngine
{
    private readonly ChainBinding binding;
    private readonly ReadOnlyMemory<byte> ownKey;
    private readonly CertificateVerifier certificates;
    private readonly ISignatureVerifier verifier;
    private readonly RuleSet rules;
    private readonly FutureBuffer future;
    private readonly List<BftEffect> effects = [];
    private HeightState? current;
    private VoteCertificate? below;

    /// <summary>An engine before its first height.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="ownKey">Own validator key, 32 bytes; empty for a node that only follows.</param>
    /// <param name="verifier">Checks signatures.</param>
    public BftEngine(ChainBinding binding, ReadOnlyMemory<byte> ownKey, ISignatureVerifier verifier)
        : this(binding, ownKey, verifier, RuleSet.All)
    {
    }

    internal BftEngine(
        ChainBinding binding, ReadOnlyMemory<byte> ownKey, ISignatureVerifier verifier, RuleSet rules)
    {
        (this.binding, this.ownKey, this.verifier, this.rules) = (binding, ownKey, verifier, rules);
        certificates = new CertificateVerifier(binding, verifier, rules);
        future = new FutureBuffer(rules);
    }

    private BftEngine(BftEngine other)
    {
        (binding, ownKey, verifier, rules) = (other.binding, other.ownKey, other.verifier, other.rules);
        (certificates, below) = (other.certificates, other.below);
        future = other.future.Clone();
        current = other.current?.Clone();
    }

    /// <summary>Height being decided; 0 before the first.</summary>
    public ulong Height => current?.Height ?? 0;

    /// <summary>Round; -1 before round 0.</summary>
    public int Round => current?.Round ?? -1;

    /// <summary>Step within the round.</summary>
    public RoundStep RoundStep => current?.Step ?? RoundStep.NewHeight;

    /// <summary>Round of the lock; -1 without.</summary>
    public int LockedRound => current?.LockedRound ?? -1;

    /// <summary>The block it is locked on; zero without a lock.</summary>
    public Hash256 LockedBlock => current?.LockedBlock ?? default;

    /// <summary>Highest round with a polka that was acted upon; -1 without.</summary>
    public int ValidRound => current?.ValidRound ?? -1;

    /// <summary>Its block; zero without.</summary>
    public Hash256 ValidBlock => current?.ValidBlock ?? default;

    /// <summary>
    /// True if the last input may have changed what is known of this height, so that a log must hold it. False for
    /// messages that were refused, known already, or of another height.
    /// </summary>
    public bool LastInputMattered { get; private set; }

    /// <summary>State of the height, for tests.</summary>
    internal HeightState? State => current;

    /// <summary>Messages kept for heights to come, for tests.</summary>
    internal int FutureCount => future.Count;

    private HeightState S => current!;

    /// <summary>One step.</summary>
    /// <param name="input">What happened.</param>
    /// <returns>What is to be done, in order.</returns>
    public IReadOnlyList<BftEffect> Step(BftInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        effects.Clear();
        LastInputMattered = false;
        if (input is HeightStarted started)
            OnHeightStarted(started);
        else if (current is not null)
            OnInput(input);
        return effects.Count == 0 ? [] : [.. effects];
    }

    /// <summary>A copy that goes its own way, for exhaustive exploration.</summary>
    internal BftEngine Clone() => new(this);

    private void OnInput(BftInput input)
    {
        if (input is Resumed)
        {
            OnResumed();
            return;
        }

        if (S.Step == RoundStep.Decided)
        {
            // What belongs to the next height is kept; this one is over.
            if (input is MessageReceived { Message: SignedMessage early } && early.Height > S.Height)
                KeepForLater(early);
            return;
        }

        LastInputMattered = input is not MessageReceived;
        switch (input)
        {
            case WorkAvailable when S.Step == RoundStep.NewHeight:
                StartRound(0, null);
                break;
            case TimeoutElapsed timeout when timeout.Height == S.Height:
                OnTimeout(timeout);
                break;
            case BlockBuilt built when built.Height == S.Height:
                OnBlockBuilt(built);
                break;
            case BlockChecked answer when answer.Height == S.Height:
                OnBlockChecked(answer);
                break;
            case MessageSigned signed when signed.Message.Height == S.Height:
                OnSigned(signed.Message);
                break;
            case SignRefused refused:
                S.Unsigned.RemoveAll(m => m.SaysTheSame(refused.Message));
                break;
            case MessageReceived received:
                OnMessage(received.Message);
                break;
        }

        Evaluate();
    }

    private void OnHeightStarted(HeightStarted started)
    {
        if (started.Height <= Height)
            return;
        var before = current;
        // Parameters that would stop the chain are not taken; those before go on.
        var parameters = started.Parameters.IsValid ? started.Parameters : before?.Parameters ?? BftParameters.Lan;
        below = started.Below;
        var me = ownKey.IsEmpty ? -1 : started.Validators.IndexOf(ownKey.Span);
        current = new HeightState(started.Height, started.Validators, parameters, me, rules);
        if (rules.Off(Rule.NewHeightClears) && before is not null)
        {
            (S.LockedRound, S.LockedBlock) = (before.LockedRound, before.LockedBlock);
            (S.ValidRound, S.ValidBlock) = (before.ValidRound, before.ValidBlock);
        }

        effects.Add(new CancelTimeouts(S.Height));
        Schedule(TimeoutKind.NewHeight);
        Schedule(TimeoutKind.Rebroadcast);
        if (future.Take(S.Height) is { Count: > 0 } early)
            effects.Add(new Redeliver(early));
    }

    private void OnTimeout(TimeoutElapsed timeout)
    {
        if (timeout.Kind == TimeoutKind.Rebroadcast)
        {
            Repeat();
            Schedule(TimeoutKind.Rebroadcast);
            return;
        }

        if (timeout.Kind == TimeoutKind.NewHeight && S.Step == RoundStep.NewHeight)
            StartRound(0, null);
        if (timeout.Round != S.Round)
            return;
        if (timeout.Kind == TimeoutKind.Propose && S.Step == RoundStep.Propose)
            Prevote(default, -1);
        else if (timeout.Kind == TimeoutKind.Prevote && S.Step == RoundStep.Prevote)
            Precommit(default);
        else if (timeout.Kind == TimeoutKind.Precommit && S.PrecommitTimer && S.Round < BftLimits.MaxRound)
            StartRound(S.Round + 1, EntryByPrecommits());
    }

    private RoundCertificate EntryByPrecommits() =>
        new(S.Height, S.Round + 1, RoundEntry.Precommits, S.Votes.At(S.Round)!.Precommits());

    private void OnBlockBuilt(BlockBuilt built)
    {
        // One block for each height and round, whatever the builder answers.
        if (built.Round != S.Round || !S.BuildPending)
            return;
        S.BuildPending = rules.Off(Rule.BuildOnce);
        S.Blocks.BuiltHere(built.Block);
        Propose(built.Block);
    }

    private void OnBlockChecked(BlockChecked answer)
    {
        if (!S.Blocks.Answer(answer.Round, answer.Block, answer.Valid))
            return;
        S.Proposals.SetTimely(answer.Round, answer.Block.Hash, answer.Timely);
    }

    private void OnSigned(SignedMessage message)
    {
        if (S.Unsigned.RemoveAll(m => m.SaysTheSame(message)) == 0)
            return;
        if (message is Proposal proposal)
        {
            S.OwnProposal = proposal;
            // Its own clock said this time, so it is timely here.
            S.Proposals.Add(proposal, S.Round, timely: true);
            effects.Add(new Broadcast(proposal));
            return;
        }

        var vote = (Vote)message;
        if (vote.Kind == VoteKind.Prevote)
            S.OwnPrevote = vote;
        else
            S.OwnPrecommit = vote;
        if (vote is { Kind: VoteKind.Precommit, IsNil: false, Round: > 0 } && !rules.Off(Rule.AttachPolka)
            && S.Votes.At(vote.Round)?.FindPolka(rules.QuorumOf(S.Set), rules) is { } polka
            && polka.Block == vote.Block)
            effects.Add(new Broadcast(S.Votes.At(vote.Round)!.CertificateOf(polka)));
        effects.Add(new Broadcast(vote));
        Keep(vote);
    }

    private void OnResumed()
    {
        if (S.Step == RoundStep.Decided)
        {
            effects.Add(new Decide(S.Height, S.Commit!.Block, S.Commit));
            return;
        }

        Schedule(TimeoutKind.Rebroadcast);
        if (S.Step == RoundStep.NewHeight)
            Schedule(TimeoutKind.NewHeight);
        if (S.Step == RoundStep.Propose)
            Schedule(TimeoutKind.Propose);
        if (S.PrevoteTimer && S.Step == RoundStep.Prevote)
            Schedule(TimeoutKind.Prevote);
        if (S.PrecommitTimer)
            Schedule(TimeoutKind.Precommit);
        if (S.BuildPending)
            effects.Add(new BuildBlock(S.Height, S.Round));
        foreach (var (round, block) in S.Blocks.Open)
            effects.Add(new CheckBlock(S.Height, round, block));
        foreach (var message in S.Unsigned)
            effects.Add(new Sign(message));
    }

    // Says again what others may have missed; with the certificates that explain why it was said.
    private void Repeat()
    {
        if (S.BlockBelowIsWanted && below is not null && !rules.Off(Rule.HelpTheHeightBelow))
            effects.Add(new Broadcast(below));
        S.BlockBelowIsWanted = false;
        foreach (var (round, block) in S.Blocks.Open)
            effects.Add(new CheckBlock(S.Height, round, block));
        if (S.Round < 0)
            return;
        if (S.Entry is not null && !rules.Off(Rule.RebroadcastRound))
            effects.Add(new Broadcast(S.Entry));
        if (S.BestPolka is { } polka && !rules.Off(Rule.RebroadcastPolka))
            effects.Add(new Broadcast(S.Votes.At(polka.Round)!.CertificateOf(polka)));
        if (rules.Off(Rule.RebroadcastVotes))
            return;
        foreach (var own in new SignedMessage?[] { S.OwnProposal, S.OwnPrevote, S.OwnPrecommit })
        {
            if (own?.Round == S.Round)
                effects.Add(new Broadcast(own));
        }
    }

    private void Schedule(TimeoutKind kind)
    {
        var round = Math.Max(S.Round, 0);
        effects.Add(new ScheduleTimeout(kind, S.Height, round, S.Parameters.Milliseconds(kind, round, rules)));
    }

    private void Accuse(SignedMessage first, SignedMessage second) =>
        effects.Add(new ReportEvidence(Equivocation.Of(binding, first, second)));
}
