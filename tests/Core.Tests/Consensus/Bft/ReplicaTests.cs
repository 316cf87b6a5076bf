using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Xunit;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Core.Tests.Consensus.Bft;

public sealed class ReplicaTests
{
    private static readonly ValidatorSet Four = Keys.Set(4);

    [Fact]
    public void B6_nothing_is_processed_before_the_log_has_been_replayed()
    {
        var replica = New(null, tip: 0);
        Assert.Empty(replica.Handle(new MessageReceived(Keys.Proposal(1, Keys.A))));
        Assert.Empty(replica.Handle(new WorkAvailable()));
        Assert.Equal(0UL, replica.Engine.Height);
    }

    [Fact]
    public void G6_a_validator_whose_log_is_gone_signs_nothing_where_its_guard_signed()
    {
        // It precommitted A in round 0, so it may be locked; the log that knows is gone.
        var precommit = Keys.Precommit(0, Keys.A.Hash);
        var guard = new SignGuard(Keys.Chain, null);
        var record = guard.After(precommit, precommit.Signature);
        var replica = New(record, tip: 0);
        var stored = replica.Start(At(1), log: null).OfType<ReplicaAction.StoreGuard>().ToList();
        Assert.Equal((1UL, 0), Place(GuardRecord.FromBytes(Assert.Single(stored).Content, Keys.Chain)!));
        var after = Vote(replica, Keys.B);
        Assert.DoesNotContain(Sent(after), m => m is SignedMessage);
        // It follows the height and signs again above it.
        replica.Handle(new MessageReceived(Keys.Commit(3, Keys.A.Hash)));
        replica.Start(At(2), log: null);
        var next = Answer(replica, replica.Handle(new MessageReceived(Keys.Proposal(2, Keys.A, height: 2))), Keys.A);
        Assert.Contains(Sent(next), m => m is Vote { Kind: VoteKind.Prevote, Height: 2, IsNil: false });
    }

    [Fact]
    public void G6_an_old_copy_of_the_database_signs_nothing_up_to_the_height_of_its_guard()
    {
        var vote = Keys.Precommit(0, Keys.A.Hash, height: 3);
        var guard = new SignGuard(Keys.Chain, null);
        var replica = New(guard.After(vote, vote.Signature), tip: 0);
        replica.Start(At(1), log: null);
        replica.Start(At(2), log: null);
        replica.Start(At(3), log: null);
        Assert.DoesNotContain(Sent(Vote(replica, Keys.B, height: 3)), m => m is SignedMessage);
    }

    [Fact]
    public void G6_a_log_that_ends_before_the_signature_of_the_guard_signs_nothing_more()
    {
        var vote = Keys.Precommit(0, Keys.A.Hash);
        var guard = new SignGuard(Keys.Chain, null);
        var replica = New(guard.After(vote, vote.Signature), tip: 0);
        // The proposal came and was checked; the prevotes that led to the precommit are gone.
        replica.Start(
            At(1), [new MessageReceived(Keys.Proposal(1, Keys.A)), new BlockChecked(1, 0, Keys.A, true, true)]);
        Assert.DoesNotContain(Sent(Vote(replica, Keys.B)), m => m is SignedMessage);
    }

    [Fact]
    public void G3_a_guard_that_a_crash_left_one_height_behind_is_raised_at_the_start_but_none_that_is_too_old()
    {
        var behind = New(new GuardRecord(4, BftLimits.MaxRound, 0, default, default), tip: 5);
        var stored = behind.Start(At(6), log: null).OfType<ReplicaAction.StoreGuard>().ToList();
        Assert.Equal((5UL, 0), Place(GuardRecord.FromBytes(Assert.Single(stored).Content, Keys.Chain)!));
        var old = New(new GuardRecord(2, BftLimits.MaxRound, 0, default, default), tip: 5);
        Assert.Empty(old.Start(At(6), log: null).OfType<ReplicaAction.StoreGuard>());
    }

    [Fact]
    public void G5_a_guard_that_watches_stays_so_over_restarts_until_the_watched_heights_are_over()
    {
        var watching = new SignGuard(Keys.Chain, null).Watch()!;
        var first = New(watching, tip: 5);
        Assert.Empty(Stored(first.Start(At(6), log: null)));
        Assert.Empty(Stored(first.Start(At(7), log: null)));
        // Killed here, it finds the same guard and counts anew.
        var second = New(watching, tip: 6);
        Assert.Empty(Stored(second.Start(At(7), log: null)));
        Assert.Empty(Stored(second.Start(At(8), log: null)));
        var raised = Assert.Single(Stored(second.Start(At(9), log: null)));
        Assert.Equal((8UL, 0), Place(raised));
        Assert.Equal(PermitState.Granted, new SigningPermit(raised, 8, confirmed: false).State);
    }

    [Fact]
    public void G5_the_word_of_the_operator_is_kept_in_a_guard_that_watches()
    {
        var old = new GuardRecord(2, BftLimits.MaxRound, 0, default, default);
        var replica = new BftReplica(
            Keys.Chain, new BftEngine(Keys.Chain, Four[0].PublicKey, Ed25519Verifier.Instance),
            new SignGuard(Keys.Chain, old), new Ed25519Signer(Keys.Seed(0)),
            new SigningPermit(old, 5, confirmed: true));
        var watching = Assert.Single(Stored(replica.Start(At(6), log: null)));
        Assert.Equal((2UL, GuardRecord.WatchStep), Place(watching));
        Assert.Equal(PermitState.Watching, new SigningPermit(watching, 5, confirmed: false).State);
        // At the height of the old guard it is no signature whose log is missing (G6).
        Assert.Empty(Stored(New(watching, tip: 1).Start(At(2), log: null)));
    }

    [Fact]
    public void G5_a_new_chain_raises_the_guard_before_anything_is_signed()
    {
        foreach (var record in new[] { null, new SignGuard(Keys.Chain, null).Watch() })
            Assert.Equal((0UL, 0), Place(Assert.Single(Stored(New(record, tip: 0).Start(At(1), log: null)))));
    }

    [Fact]
    public void A_log_that_is_whole_lets_the_guard_go_on_where_it_was()
    {
        var first = New(null, tip: 0);
        List<ReplicaAction> actions = [.. first.Start(At(1), null)];
        actions.AddRange(Answer(first, first.Handle(new MessageReceived(Keys.Proposal(1, Keys.A))), Keys.A));
        List<byte> file = [];
        GuardRecord? record = null;
        foreach (var action in actions)
        {
            if (action is ReplicaAction.StartLog start)
                file.AddRange(start.Header.ToArray());
            else if (action is ReplicaAction.AppendLog append)
                file.AddRange(append.Record.ToArray());
            else if (action is ReplicaAction.StoreGuard store)
                record = GuardRecord.FromBytes(store.Content, Keys.Chain);
        }

        var again = New(record, tip: 0);
        again.Start(At(1), WalCodec.Read(file.ToArray(), Keys.Chain, 1).Inputs);
        Assert.Equal(RoundStep.Prevote, again.Engine.RoundStep);
        List<ReplicaAction> more = [];
        foreach (var signer in new[] { 1, 2 })
            more.AddRange(again.Handle(new MessageReceived(Keys.Prevote(signer, Keys.A.Hash))));
        Assert.Contains(Sent(more), m => m is Vote { Kind: VoteKind.Precommit, IsNil: false });
    }

    private static List<GuardRecord> Stored(IEnumerable<ReplicaAction> actions) => [.. actions
        .OfType<ReplicaAction.StoreGuard>().Select(s => GuardRecord.FromBytes(s.Content, Keys.Chain)!)];

    private static (ulong, int) Place(GuardRecord record) => (record.Height, record.Step);

    private static HeightStarted At(ulong height) => new(height, Four, BftParameters.Lan, null);

    private static BftReplica New(GuardRecord? record, ulong tip) => new(
        Keys.Chain, new BftEngine(Keys.Chain, Four[0].PublicKey, Ed25519Verifier.Instance),
        new SignGuard(Keys.Chain, record), new Ed25519Signer(Keys.Seed(0)), new SigningPermit(record, tip, false));

    // A proposal of round 1 after a quorum gave up round 0.
    private static List<ReplicaAction> Vote(BftReplica replica, BlockInfo block, ulong height = 1)
    {
        List<ReplicaAction> all = [];
        foreach (var signer in new[] { 1, 2 })
            all.AddRange(replica.Handle(new MessageReceived(Keys.Prevote(signer, default, height, round: 1))));
        var proposer = Four.Proposer(height, 1);
        var proposed = replica.Handle(new MessageReceived(Keys.Proposal(proposer, block, height, round: 1)));
        all.AddRange(Answer(replica, proposed, block));
        Assert.Equal(1, replica.Engine.Round);
        return all;
    }

    private static List<ReplicaAction> Answer(
        BftReplica replica, IReadOnlyList<ReplicaAction> actions, BlockInfo block)
    {
        List<ReplicaAction> all = [.. actions];
        foreach (var check in actions.OfType<ReplicaAction.Perform>().Select(p => p.Effect)
            .OfType<BftEffect.CheckBlock>())
            all.AddRange(replica.Handle(new BlockChecked(check.Height, check.Round, block, true, true)));
        return all;
    }

    private static IEnumerable<BftMessage> Sent(IEnumerable<ReplicaAction> actions) => actions
        .OfType<ReplicaAction.Perform>().Select(p => p.Effect).OfType<BftEffect.Broadcast>().Select(b => b.Message);
}
