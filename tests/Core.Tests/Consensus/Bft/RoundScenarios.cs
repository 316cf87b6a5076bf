using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Xunit;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Core.Tests.Consensus.Bft;

/// <summary>What one validator does with rounds, heights, certificates, timers and bounds.</summary>
internal static class RoundScenarios
{
    public static void A_commit_of_a_round_to_come_decides_without_entering_it(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Get(Keys.Commit(3, Keys.A.Hash, round: 5));
        Assert.Equal(Keys.A.Hash, lab.Decision?.Block);
        Assert.Equal(0, lab.Engine.Round);
    }

    public static void One_heavy_precommit_of_a_round_to_come_decides(RuleSet rules)
    {
        var set = ValidatorSet.Create([
            Keys.Member(0), Keys.Member(1), Keys.Member(2), Keys.Member(3) with { Weight = 7 }]);
        var lab = new Lab(rules, set: set);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Precommits(Keys.A, 5, 3);
        Assert.Equal((Keys.A.Hash, 0), (lab.Decision!.Block, lab.Engine.Round));
    }

    public static void Precommits_of_a_past_round_decide(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        // Those nil precommits were of the others; as equivocators they cannot take the commit back.
        lab.Get(Keys.Commit(4, Keys.A.Hash));
        Assert.Equal((Keys.A.Hash, 0), (lab.Decision?.Block, lab.Decision?.Certificate.Round));
    }

    public static void More_than_a_third_in_a_higher_round_are_followed(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Elapse(TimeoutKind.NewHeight);
        lab.Prevotes(null, 4, 1);
        Assert.Equal(0, lab.Engine.Round);
        lab.Prevotes(null, 6, 2);
        Assert.Equal(4, lab.Engine.Round);
    }

    public static void Entering_a_round_forgets_the_timers_of_the_one_before(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        lab.Prevotes(null, 4, 1);
        var effects = lab.Get(Keys.Prevote(2, default, round: 4));
        Assert.IsType<BftEffect.CancelTimeouts>(effects[0]);
        Assert.Contains(effects, e => e is BftEffect.ScheduleTimeout { Kind: TimeoutKind.Propose, Round: 4 });
    }

    public static void A_new_height_begins_with_nothing(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA();
        lab.Precommits(Keys.A, 0, 1, 2);
        Assert.Equal(Keys.A.Hash, lab.Decision?.Block);
        lab.Do(new HeightStarted(2, lab.Set, BftParameters.Lan, lab.Decision!.Certificate));
        Assert.Equal((-1, -1), (lab.Engine.LockedRound, lab.Engine.ValidRound));
        lab.Get(Keys.Proposal(2, Keys.B, height: 2));
        Assert.Equal(Keys.B.Hash, lab.Prevoted(0)?.Block);
    }

    public static void One_block_is_built_and_proposed_for_a_round(RuleSet rules)
    {
        var lab = new Lab(rules, me: 1);
        Assert.Single(lab.Do(new WorkAvailable()).OfType<BftEffect.BuildBlock>());
        Assert.Empty(lab.Do(new WorkAvailable()).OfType<BftEffect.BuildBlock>());
        lab.Do(new BlockBuilt(1, 1, Keys.B));
        Assert.Empty(lab.Signed);
        lab.Engine.Step(new BlockBuilt(1, 0, Keys.A));
        Assert.DoesNotContain(lab.Engine.Step(new BlockBuilt(1, 0, Keys.B)), e => e is BftEffect.Sign);
    }

    public static void Votes_of_rounds_to_come_do_not_pile_up(RuleSet rules)
    {
        var lab = new Lab(rules);
        for (var round = 1; round <= 200; round++)
            lab.Get(Keys.Prevote(1, default, round: round), Keys.Precommit(1, default, round: round));
        lab.Get(Keys.Proposal(1, Keys.A, round: 4), Keys.Proposal(1, Keys.A, round: 8));
        Assert.True(lab.Engine.State!.Votes.FutureCount <= 2 * lab.Set.Count);
        Assert.True(lab.Engine.State.Proposals.Count <= lab.Set.Count);
        // The newest of them still counts.
        lab.Prevotes(null, 200, 2);
        Assert.Equal(200, lab.Engine.Round);
    }

    public static void Messages_of_heights_to_come_do_not_pile_up(RuleSet rules)
    {
        var lab = new Lab(rules);
        var vote = new Vote(VoteKind.Prevote, 2, 0, default, -1, 1, new byte[64]);
        for (var height = 2UL; height <= 30; height++)
        {
            for (var round = 0; round < BftLimits.FutureMessagesPerHeight + 20; round++)
                lab.Do(new MessageReceived(vote with { Height = height, Round = round }));
        }

        Assert.Equal(BftLimits.FutureHeights * BftLimits.FutureMessagesPerHeight, lab.Engine.FutureCount);
    }

    public static void Votes_for_the_next_height_are_used_when_it_starts(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(2, Keys.B, height: 2), Keys.Prevote(1, Keys.B.Hash, height: 2),
            Keys.Prevote(2, Keys.B.Hash, height: 2));
        lab.Get(Keys.Commit(3, Keys.A.Hash));
        lab.Do(new HeightStarted(2, lab.Set, BftParameters.Lan, lab.Decision!.Certificate));
        Assert.Equal(0, lab.Engine.LockedRound);
    }

    public static void Unsigned_and_wrongly_signed_votes_count_for_nothing(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Get(Keys.Proposal(1, Keys.A));
        foreach (var signer in new[] { 1, 2, 3 })
            lab.Get(Keys.Prevote(signer, Keys.A.Hash) with { Signature = new byte[64] });
        lab.Get(Keys.Prevote(1, Keys.A.Hash) with { Signer = 2 }, Keys.Prevote(1, Keys.A.Hash) with { Signer = 200 });
        Assert.Equal(-1, lab.Engine.LockedRound);
        // A proposal of somebody whose turn it is not.
        var other = new Lab(rules);
        other.Get(Keys.Proposal(2, Keys.A));
        Assert.Equal(RoundStep.NewHeight, other.Engine.RoundStep);
    }

    public static void B17_a_padded_certificate_is_not_believed_in_part(RuleSet rules)
    {
        var lab = new Lab(rules);
        var good = Keys.Commit(3, Keys.A.Hash);
        var signatures = good.Signatures.ToArray();
        signatures.AsSpan(64).Clear();
        lab.Get(good with { Signatures = signatures });
        Assert.Null(lab.Decision);
        Assert.Null(lab.Engine.State!.Votes.At(0));
        lab.Get(good);
        Assert.Equal(Keys.A.Hash, lab.Decision?.Block);
    }

    public static void B18_a_polka_certificate_of_another_block_is_no_polka_of_the_proposed_one(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Elapse(TimeoutKind.NewHeight);
        lab.Elapse(TimeoutKind.Propose);
        lab.EndRound();
        lab.Get(Keys.Polka(3, Keys.B.Hash), Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        Assert.Null(lab.Prevoted(1));
    }

    public static void Rebroadcast_repeats_votes_and_the_certificates_that_explain_them(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        lab.Get(Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        var sent = lab.Sent(lab.Elapse(TimeoutKind.Rebroadcast)).ToList();
        Assert.Contains(lab.Prevoted(1)!, sent);
        var entry = Assert.Single(sent.OfType<RoundCertificate>());
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(entry, lab.Set));
        var polka = Assert.Single(sent.OfType<VoteCertificate>());
        Assert.Equal((VoteKind.Prevote, 0, Keys.A.Hash), (polka.Kind, polka.Round, polka.Block));
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(polka, lab.Set));
    }

    public static void From_round_1_on_the_polka_goes_out_before_the_precommit(RuleSet rules)
    {
        var lab = new Lab(rules).LockOnA().EndRound();
        lab.Get(Keys.Proposal(2, Keys.A, round: 1, validRound: 0));
        lab.Get(Keys.Prevote(1, Keys.A.Hash, round: 1, validRound: 0));
        var sent = lab.Sent(lab.Get(Keys.Prevote(2, Keys.A.Hash, round: 1, validRound: 0))).ToList();
        Assert.Equal(1, Assert.IsType<VoteCertificate>(sent[0]).Round);
        Assert.Equal(lab.Precommitted(1), sent[1]);
    }

    public static void Who_still_votes_on_the_height_below_gets_its_commit(RuleSet rules)
    {
        var lab = new Lab(rules);
        var commit = Keys.Commit(3, Keys.A.Hash);
        lab.Get(commit);
        lab.Do(new HeightStarted(2, lab.Set, BftParameters.Lan, commit));
        Assert.Empty(lab.Sent(lab.Elapse(TimeoutKind.Rebroadcast)));
        lab.Get(Keys.Prevote(3, default));
        Assert.Equal([commit], lab.Sent(lab.Elapse(TimeoutKind.Rebroadcast)));
        lab.Get(commit);
        Assert.Empty(lab.Sent(lab.Elapse(TimeoutKind.Rebroadcast)));
    }

    public static void B10_waits_grow_linearly_and_stop_at_the_cap(RuleSet rules)
    {
        var lab = new Lab(rules);
        lab.Prevotes(null, 7, 1, 2);
        Assert.Equal(2_000, lab.Log.OfType<BftEffect.ScheduleTimeout>().Last(t => t.Round == 7).Milliseconds);
        lab.Prevotes(null, BftLimits.MaxRound, 1, 2);
        Assert.All(lab.Log.OfType<BftEffect.ScheduleTimeout>(), t => Assert.InRange(t.Milliseconds, 1, 10_000));
    }
}
