using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using static Aitbc.Consensus.Bft.Engine.BftEffect;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>The rules of the algorithm, named by its lines, tried in this order until none applies.</summary>
public sealed partial class BftEngine
{
    private void Evaluate()
    {
        while (S.Step != RoundStep.Decided && TryOne())
        {
        }
    }

    // All of them are tried: no quorum hides another.
    private bool TryOne()
    {
        if (TryDecide() || TrySkip())
            return true;
        if (S.Step == RoundStep.NewHeight)
            return TryWake();
        AskAboutProposals();
        if (rules.Off(Rule.NothingShadows) && TryPrecommitTimer())
            return false;
        if (rules.Off(Rule.NothingShadows) && S.PrecommitTimer)
            return false;
        return TryPastPolka() || TryProposal() || TryPolka() || TryNilPolka() || TryPrevoteTimer()
            || TryPrecommitTimer();
    }

    // L49: a quorum of precommits for a valid block, of whatever round.
    private bool TryDecide()
    {
        if (S.Commit is not { } commit)
            return false;
        if (S.Blocks.VerdictOf(commit.Block) == Verdict.Unknown)
            Ask(commit.Round, commit.Block);
        if (S.Blocks.VerdictOf(commit.Block) != Verdict.Valid && !rules.Off(Rule.ValidOnly))
            return false;
        S.Step = RoundStep.Decided;
        effects.Add(new CancelTimeouts(S.Height));
        effects.Add(new Decide(S.Height, commit.Block, commit));
        return true;
    }

    // L55: more than a third is further.
    private bool TrySkip()
    {
        if (rules.Off(Rule.SkipByThird) || S.Votes.SkipTarget() is not { } target)
            return false;
        var entry = target == 0 ? null
            : new RoundCertificate(S.Height, target, RoundEntry.Skip, S.Votes.Reached(target));
        StartRound(target, entry, isSkip: true);
        return true;
    }

    // A proposal ends the wait for work.
    private bool TryWake()
    {
        if (!S.Proposals.HasFuture(0))
            return false;
        StartRound(0, null);
        return true;
    }

    // L11 to L21.
    private void StartRound(int round, RoundCertificate? entry, bool isSkip = false)
    {
        (S.Round, S.Step, S.Entry) = (round, RoundStep.Propose, entry);
        (S.PolkaDone, S.PrevoteTimer, S.PrecommitTimer, S.BuildPending) = (false, false, false, false);
        if (!(isSkip && rules.Off(Rule.SkipClearsTimers)))
            effects.Add(new CancelTimeouts(S.Height));
        S.Blocks.CloseBefore(round, S.Commit?.Block ?? default, S.BestPolka?.Block ?? default);
        S.Proposals.Enter(round);
        if (S.FuturePolka is { } polka && polka.Round <= round)
        {
            S.FuturePolka = null;
            S.Votes.AddCertificate(polka);
            NotePolka(polka.Round);
        }

        foreach (var vote in S.Votes.Enter(round))
            Keep(vote);
        Schedule(TimeoutKind.Propose);
        if (rules.Off(Rule.NoBlindLockPrevote) && S.LockedRound >= 0)
        {
            Prevote(S.LockedBlock, -1);
            return;
        }

        if (S.Me < 0 || S.Set.Proposer(S.Height, round) != S.Me)
            return;
        // A polka of a round before may just have become known; then its block is the one to propose.
        TryPastPolka();
        if (S.ValidRound >= 0)
        {
            Propose(null);
            return;
        }

        S.BuildPending = true;
        effects.Add(new BuildBlock(S.Height, round));
    }

    private void Propose(BlockInfo? built)
    {
        var info = S.ValidRound >= 0 ? S.Blocks.InfoOf(S.ValidBlock) : built;
        if (info is not null && S.Step == RoundStep.Propose)
            AskToSign(new Proposal(S.Height, S.Round, info, S.ValidRound, S.Me, default));
    }

    private void AskAboutProposals()
    {
        foreach (var entry in S.Proposals.At(S.Round))
        {
            var proposal = entry.Proposal;
            var needsClock = proposal.ValidRound < 0 || rules.Off(Rule.ClockOnlyForFirst);
            if (S.Blocks.VerdictOf(proposal.Block) == Verdict.Unknown || (needsClock && entry.Timely is null))
                Ask(S.Round, proposal.Block);
        }
    }

    private void Ask(int round, Hash256 block)
    {
        if (S.Blocks.Ask(round, block))
            effects.Add(new CheckBlock(S.Height, round, block));
    }

    // L22 and L28, which exclude each other by the valid round of the proposal.
    private bool TryProposal()
    {
        if (S.Step != RoundStep.Propose)
            return false;
        foreach (var entry in S.Proposals.At(S.Round))
        {
            var fresh = entry.Proposal.ValidRound < 0 || rules.Off(Rule.FreshProposalOnly);
            if (fresh ? TryFresh(entry) : TryRepeated(entry))
                return true;
        }

        return false;
    }

    // L22: a new block, for which the clock counts.
    private bool TryFresh(ProposalEntry entry)
    {
        var block = entry.Proposal.Block;
        if (S.Blocks.VerdictOf(block) == Verdict.Unknown || entry is { Timely: null, Proposal.ValidRound: < 0 })
            return false;
        var free = S.LockedRound < 0 || S.LockedBlock == block || rules.Off(Rule.LockForbids);
        Prevote(IsGood(entry) && entry.Timely != false && free ? block : default, -1);
        return true;
    }

    // L28: a block that had a polka in the round it names, for which the clock does not count.
    private bool TryRepeated(ProposalEntry entry)
    {
        var (block, validRound) = (entry.Proposal.Block, entry.Proposal.ValidRound);
        var polka = S.Votes.At(validRound)?.HasPolka(block, rules.QuorumOf(S.Set), rules) == true
            || rules.Off(Rule.PolkaForReproposal);
        if (!polka || S.Blocks.VerdictOf(block) == Verdict.Unknown)
            return false;
        if (rules.Off(Rule.ClockOnlyForFirst) && entry.Timely is null)
            return false;
        var timely = !rules.Off(Rule.ClockOnlyForFirst) || entry.Timely == true;
        var free = S.LockedRound <= validRound || S.LockedBlock == block || rules.Off(Rule.LockForbids);
        var good = IsGood(entry) && timely && free;
        Prevote(good ? block : default, good ? validRound : -1);
        return true;
    }

    // A proposal that names other parts than the block has is no proposal of that block.
    private bool IsGood(ProposalEntry entry) => rules.Off(Rule.ValidOnly)
        || (S.Blocks.VerdictOf(entry.Proposal.Block) == Verdict.Valid
            && S.Blocks.InfoOf(entry.Proposal.Block) == entry.Proposal.Info);

    // L36: the polka of this round locks while prevoting, and always raises the valid block.
    private bool TryPolka()
    {
        if (S.PolkaDone || S.Step < RoundStep.Prevote
            || S.Votes.At(S.Round)?.FindPolka(rules.QuorumOf(S.Set), rules) is not { } polka)
            return false;
        if (S.Blocks.VerdictOf(polka.Block) == Verdict.Unknown)
            Ask(S.Round, polka.Block);
        if (S.Blocks.VerdictOf(polka.Block) != Verdict.Valid && !rules.Off(Rule.ValidOnly))
            return false;
        var prevoting = S.Step == RoundStep.Prevote;
        if (!prevoting && rules.Off(Rule.ValidValueAlwaysRises))
            return false;
        S.PolkaDone = true;
        (S.ValidRound, S.ValidBlock) = (S.Round, polka.Block);
        if (prevoting)
        {
            (S.LockedRound, S.LockedBlock) = (S.Round, polka.Block);
            Precommit(polka.Block);
        }

        return true;
    }

    // A polka of a past round that came late, as a certificate perhaps, is worth proposing again (hidden lock).
    private bool TryPastPolka()
    {
        if (S.BestPolka is not { } polka || polka.Round >= S.Round || polka.Round <= S.ValidRound
            || rules.Off(Rule.PolkaOfThePast))
            return false;
        if (S.Blocks.VerdictOf(polka.Block) == Verdict.Unknown)
            Ask(polka.Round, polka.Block);
        if (S.Blocks.VerdictOf(polka.Block) != Verdict.Valid)
            return false;
        (S.ValidRound, S.ValidBlock) = (polka.Round, polka.Block);
        return true;
    }

    // L44: nobody wants a block. The lock stays.
    private bool TryNilPolka()
    {
        if (S.Step != RoundStep.Prevote || S.Votes.At(S.Round)?.HasNilPolka(rules.QuorumOf(S.Set)) != true)
            return false;
        if (rules.Off(Rule.LockSurvivesNilPolka))
            (S.LockedRound, S.LockedBlock) = (-1, default);
        Precommit(default);
        return true;
    }

    // L34.
    private bool TryPrevoteTimer()
    {
        if (S.PrevoteTimer || S.Step != RoundStep.Prevote
            || !(S.Votes.At(S.Round)?.PrevoteWeight >= rules.QuorumOf(S.Set)))
            return false;
        S.PrevoteTimer = true;
        Schedule(TimeoutKind.Prevote);
        return true;
    }

    // L47.
    private bool TryPrecommitTimer()
    {
        if (S.PrecommitTimer || !(S.Votes.At(S.Round)?.PrecommitWeight >= rules.QuorumOf(S.Set)))
            return false;
        S.PrecommitTimer = true;
        Schedule(TimeoutKind.Precommit);
        return true;
    }

    private void Prevote(Hash256 block, int validRound)
    {
        S.Step = RoundStep.Prevote;
        if (S.Me >= 0)
            AskToSign(new Vote(VoteKind.Prevote, S.Height, S.Round, block, validRound, S.Me, default));
    }

    private void Precommit(Hash256 block)
    {
        S.Step = RoundStep.Precommit;
        if (S.Me >= 0)
            AskToSign(new Vote(VoteKind.Precommit, S.Height, S.Round, block, -1, S.Me, default));
    }

    private void AskToSign(SignedMessage message)
    {
        S.Unsigned.Add(message);
        effects.Add(new Sign(message));
    }
}
