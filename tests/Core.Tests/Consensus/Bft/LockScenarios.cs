using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Xunit;

namespace Core.Tests.Consensus.Bft;

/// <summary>What one validator does with proposals, polkas and locks. Each runs with the rules it is given.</summary>
internal static class LockScenarios
{
    public static void B1_a_nil_polka_does_not_unlock(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        lab.Elapse(TimeoutKind.Propose);
        lab.Prevotes(null, 1, 1, 2, 3);
        Assert.True(lab.Precommitted(1)?.IsNil);
        lab.EndRound();
        lab.Get(Keys.Proposal(3, Keys.B, round: 2));
        Assert.True(lab.Prevoted(2)?.IsNil, "the lock on A is gone");
        Assert.Equal((0, Keys.A.Hash), (lab.Engine.LockedRound, lab.Engine.LockedBlock));
    }

    public static void A_locked_validator_prevotes_its_own_block_again(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        lab.Get(Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        Assert.Equal((Keys.A.Hash, 0), (lab.Prevoted(1)!.Block, lab.Prevoted(1)!.ValidRound));
        lab.EndRound();
        lab.Get(Keys.Proposal(3, Keys.A, round: 2));
        Assert.Equal((Keys.A.Hash, -1), (lab.Prevoted(2)!.Block, lab.Prevoted(2)!.ValidRound));
    }

    public static void B3_a_newer_polka_moves_a_locked_validator_by_rule_28_only(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        lab.Check = _ => null;
        lab.Elapse(TimeoutKind.Propose);
        lab.Prevotes(Keys.B, 1, 1, 2, 3);
        lab.EndRound();
        lab.Check = _ => (true, true);
        lab.Get(Keys.Proposal(3, Keys.B, round: 2, validRound: 1));
        Assert.Equal((Keys.B.Hash, 1), (lab.Prevoted(2)?.Block, lab.Prevoted(2)?.ValidRound));
        Assert.Single(lab.Signed.OfType<Vote>(), v => v.Kind == VoteKind.Prevote && v.Round == 2);
    }

    public static void A_repeated_proposal_without_its_polka_is_not_voted_for_and_keeps_the_timer(RuleSet rules)
    {
        var lab = new Lab(rules).EndRoundZero();
        var effects = lab.Get(Keys.Proposal(2, Keys.B, round: 1, validRound: 0));
        Assert.DoesNotContain(effects, e => e is BftEffect.CancelTimeouts);
        Assert.Null(lab.Prevoted(1));
        lab.Elapse(TimeoutKind.Propose);
        Assert.True(lab.Prevoted(1)?.IsNil);
    }

    public static void The_polka_may_come_after_the_repeated_proposal(RuleSet rules)
    {
        var lab = new Lab(rules).EndRoundZero();
        lab.Get(Keys.Proposal(2, Keys.B, round: 1, validRound: 0));
        lab.Prevotes(Keys.B, 0, 1, 2, 3);
        Assert.Equal((Keys.B.Hash, 0), (lab.Prevoted(1)?.Block, lab.Prevoted(1)?.ValidRound));
    }

    public static void A_lock_alone_makes_nobody_prevote(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        Assert.Null(lab.Prevoted(1));
        Assert.Equal(RoundStep.Propose, lab.Engine.RoundStep);
    }

    public static void B4_a_polka_on_the_proposal_not_seen_raises_the_valid_block_after_the_precommit(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Prevotes(Keys.B, 0, 1, 2);
        lab.Elapse(TimeoutKind.Prevote);
        Assert.True(lab.Precommitted(0)?.IsNil);
        lab.Prevotes(Keys.B, 0, 3);
        Assert.Equal((0, Keys.B.Hash), (lab.Engine.ValidRound, lab.Engine.ValidBlock));
        Assert.Equal(-1, lab.Engine.LockedRound);
        // The faulty proposer's second proposal is evidence.
        Assert.Single(lab.Get(Keys.Proposal(1, Keys.B)).OfType<BftEffect.ReportEvidence>());
    }

    public static void Precommits_of_any_kind_do_not_hide_a_polka(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Precommits(null, 0, 1, 2, 3);
        lab.Prevotes(Keys.A, 0, 1, 2);
        Assert.Equal(Keys.A.Hash, lab.Precommitted(0)?.Block);
    }

    public static void Precommits_of_any_kind_do_not_hide_a_nil_polka(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Precommits(null, 0, 1, 2, 3);
        lab.Prevotes(null, 0, 1, 2, 3);
        Assert.True(lab.Precommitted(0)?.IsNil);
    }

    public static void The_clock_counts_for_a_first_proposal_and_not_for_a_repeated_one(RuleSet rules)
    {
        var lab = new Lab(rules) { Check = _ => (true, false) };
        lab.Get(Keys.Proposal(1, Keys.A));
        Assert.True(lab.Prevoted(0)?.IsNil);
        lab.Prevotes(Keys.A, 0, 1, 2, 3);
        lab.EndRound();
        lab.Get(Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        Assert.Equal(Keys.A.Hash, lab.Prevoted(1)?.Block);
    }

    public static void Prevotes_with_different_valid_rounds_make_no_polka(RuleSet rules)
    {
        var lab = new Lab(rules).EndRoundZero();
        lab.Elapse(TimeoutKind.Propose);
        lab.EndRound();
        lab.Elapse(TimeoutKind.Propose);
        foreach (var (signer, validRound) in new[] { (1, -1), (2, -1), (3, 0) })
            lab.Get(Keys.Prevote(signer, Keys.A.Hash, round: 2, validRound: validRound));
        Assert.Equal((-1, -1), (lab.Engine.LockedRound, lab.Engine.ValidRound));
    }

    public static void Nothing_invalid_is_prevoted_locked_or_decided(RuleSet rules)
    {
        var lab = new Lab(rules) { Check = _ => (false, true) };
        lab.Get(Keys.Proposal(1, Keys.A));
        Assert.True(lab.Prevoted(0)?.IsNil);
        lab.Prevotes(Keys.A, 0, 1, 2, 3);
        lab.Precommits(Keys.A, 0, 1, 2, 3);
        Assert.Equal((-1, -1), (lab.Engine.LockedRound, lab.Engine.ValidRound));
        Assert.Null(lab.Decision);
    }

    public static void A_proposal_that_names_other_parts_than_the_block_has_is_invalid(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A with { PartsRoot = Keys.B.Hash }));
        Assert.True(lab.Prevoted(0)?.IsNil);
    }

    public static void A_late_polka_certificate_raises_the_valid_block_and_is_proposed(RuleSet rules)
    {
        var lab = new Lab(rules).EndRoundZero();
        lab.Get(Keys.Polka(3, Keys.A.Hash));
        Assert.Equal((0, Keys.A.Hash), (lab.Engine.ValidRound, lab.Engine.ValidBlock));
        lab.Prevotes(null, 3, 1, 2);
        var mine = Assert.Single(lab.Signed.OfType<Proposal>());
        Assert.Equal((3, Keys.A.Hash, 0), (mine.Round, mine.Block, mine.ValidRound));
    }

    public static void A_certificate_counts_although_the_keeper_has_another_vote(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Elapse(TimeoutKind.NewHeight);
        lab.Elapse(TimeoutKind.Propose);
        lab.Prevotes(null, 0, 3);
        // Validator 3 told others A; only the certificate holds that vote.
        var polka = VoteCertificate.FromVotes(
            [Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(2, Keys.A.Hash), Keys.Prevote(3, Keys.A.Hash)], 4);
        Assert.Single(lab.Get(polka).OfType<BftEffect.ReportEvidence>());
        lab.EndRound();
        lab.Get(Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        Assert.Equal(Keys.A.Hash, lab.Prevoted(1)?.Block);
    }

    public static void A_validator_counts_once_with_its_first_vote_and_its_second_is_evidence(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Prevotes(null, 0, 3);
        lab.Prevotes(Keys.A, 0, 1);
        Assert.Single(lab.Get(Keys.Prevote(3, Keys.A.Hash)).OfType<BftEffect.ReportEvidence>());
        Assert.Equal(-1, lab.Engine.LockedRound);
        Assert.Empty(lab.Get(Keys.Prevote(3, Keys.B.Hash)).OfType<BftEffect.ReportEvidence>());
    }

    public static void B16_less_than_two_thirds_lock_nobody_when_n_is_not_3f_plus_1(RuleSet rules)
    {
        var lab = new Lab(rules, set: Keys.Set(6));
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Prevotes(Keys.A, 0, 1, 2, 3);
        Assert.Equal(-1, lab.Engine.LockedRound);
        lab.Prevotes(Keys.A, 0, 4);
        Assert.Equal(0, lab.Engine.LockedRound);
    }

    // Round 0 passes without a proposal.
    private static Lab EndRoundZero(this Lab lab)
    {
        lab.Elapse(TimeoutKind.NewHeight);
        lab.Elapse(TimeoutKind.Propose);
        return lab.EndRound();
    }
}
