using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Consensus.Bft;

public sealed class CertificateTests
{
    private static readonly ValidatorSet Four = Keys.Set(4);

    [Fact]
    public void Three_of_four_make_a_commit_and_two_do_not()
    {
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(Keys.Commit(3, Keys.A.Hash), Four));
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(Keys.Polka(3, Keys.A.Hash), Four));
        Assert.Equal(
            CertificateError.NotEnoughWeight, Keys.Certificates.Verify(Keys.Commit(2, Keys.A.Hash), Four));
    }

    [Fact]
    public void B17_one_garbage_signature_beyond_the_quorum_spoils_the_whole_certificate()
    {
        var good = Keys.Commit(4, Keys.A.Hash);
        var signatures = good.Signatures.ToArray();
        signatures[^1] ^= 1;
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(good, Four));
        Assert.Equal(
            CertificateError.BadSignature, Keys.Certificates.Verify(good with { Signatures = signatures }, Four));
    }

    [Fact]
    public void Unknown_signers_padded_bitmaps_and_missing_signatures_are_refused()
    {
        var good = Keys.Commit(3, Keys.A.Hash);
        Assert.Equal(CertificateError.UnknownSigner, Keys.Certificates.Verify(
            good with { Signers = new byte[] { 0b1_0111 }, Signatures = new byte[4 * 64] }, Four));
        Assert.Equal(CertificateError.UnknownSigner, Keys.Certificates.Verify(
            good with { Signers = new byte[] { 0b111, 0 } }, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(
            good with { Signers = new byte[] { 0b1111 } }, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(
            good with { Signers = default, Signatures = default }, Four));
    }

    [Fact]
    public void B18_a_certificate_of_another_block_round_or_kind_proves_nothing()
    {
        var commit = Keys.Commit(3, Keys.A.Hash, round: 1);
        Assert.Equal(CertificateError.None, Keys.Certificates.VerifyCommit(commit, Four, 1, Keys.A.Hash));
        Assert.Equal(CertificateError.OtherSubject, Keys.Certificates.VerifyCommit(commit, Four, 1, Keys.B.Hash));
        Assert.Equal(CertificateError.OtherSubject, Keys.Certificates.VerifyCommit(commit, Four, 2, Keys.A.Hash));
        Assert.Equal(CertificateError.OtherSubject, Keys.Certificates.VerifyCommit(
            Keys.Polka(3, Keys.A.Hash), Four, 1, Keys.A.Hash));
        Assert.Equal(CertificateError.BadSignature, Keys.Certificates.Verify(
            commit with { Block = Keys.B.Hash }, Four));
        Assert.Equal(CertificateError.BadSignature, Keys.Certificates.Verify(commit with { Round = 0 }, Four));
        Assert.Equal(CertificateError.BadSignature, Keys.Certificates.Verify(
            Keys.Polka(3, Keys.A.Hash, round: 2) with { ValidRound = 1 }, Four));
    }

    [Fact]
    public void A_round_certificate_needs_a_quorum_of_precommits_or_more_than_a_third_that_are_further()
    {
        Vote[] precommits = [
            Keys.Precommit(0, Keys.A.Hash), Keys.Precommit(1, Hash256.Zero), Keys.Precommit(3, Keys.B.Hash)];
        var entry = new RoundCertificate(1, 1, RoundEntry.Precommits, precommits);
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(entry, Four));
        Assert.Equal(CertificateError.NotEnoughWeight, Keys.Certificates.Verify(
            entry with { Votes = precommits[..2] }, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(entry with { Round = 2 }, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(
            entry with { Votes = [precommits[1], precommits[0], precommits[2]] }, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(
            entry with { Votes = [precommits[0], precommits[0], precommits[1]] }, Four));
        var skip = new RoundCertificate(
            1, 2, RoundEntry.Skip, [Keys.Prevote(1, Keys.A.Hash, round: 3), Keys.Precommit(2, Hash256.Zero, round: 2)]);
        Assert.Equal(CertificateError.None, Keys.Certificates.Verify(skip, Four));
        Assert.Equal(CertificateError.Malformed, Keys.Certificates.Verify(skip with { Round = 3 }, Four));
        Assert.Equal(CertificateError.NotEnoughWeight, Keys.Certificates.Verify(
            skip with { Votes = [skip.Votes[0]] }, Four));
    }

    [Fact]
    public void C3_a_light_client_follows_sets_by_hash_and_skips_with_a_third_within_the_period()
    {
        var light = new LightVerifier(Keys.Certificates);
        var commit = Keys.Commit(3, Keys.A.Hash, height: 9);
        Assert.Equal(LightError.None, light.Verify(9, Keys.A.Hash, commit, Four, Four.Hash));
        Assert.Equal(LightError.OtherValidators, light.Verify(9, Keys.A.Hash, commit, Four, Keys.Set(5).Hash));
        Assert.Equal(LightError.BadCertificate, light.Verify(8, Keys.A.Hash, commit, Four, Four.Hash));
        var period = new TrustPeriod(1_000, 500, 1_499);
        ValidatorSet Of(params int[] members) => ValidatorSet.Create([.. members.Select(Keys.Member)]);
        Assert.Equal(LightError.None, light.Skip(9, Keys.A.Hash, commit, Four, Of(1, 2, 5, 6), period));
        Assert.Equal(LightError.NotEnoughTrust, light.Skip(9, Keys.A.Hash, commit, Four, Of(2, 3, 5, 6), period));
        Assert.Equal(
            LightError.TrustExpired,
            light.Skip(9, Keys.A.Hash, commit, Four, Four, period with { NowMs = 1_500 }));
    }

    [Fact]
    public void E1_two_different_messages_for_one_place_prove_a_fault_and_nothing_less_does()
    {
        EvidenceError Check(SignedMessage one, SignedMessage other, ulong height = 10, ulong window = 100) =>
            Equivocation.Of(Keys.Chain, one, other).Verify(Keys.Certificates, Keys.Chain, Four, height, window);
        Assert.Equal(EvidenceError.None, Check(Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash)));
        Assert.Equal(EvidenceError.None, Check(Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Hash256.Zero)));
        Assert.Equal(EvidenceError.None, Check(
            Keys.Prevote(1, Keys.A.Hash, round: 2, validRound: 0), Keys.Prevote(1, Keys.A.Hash, round: 2)));
        Assert.Equal(EvidenceError.None, Check(Keys.Precommit(1, Keys.A.Hash), Keys.Precommit(1, Keys.B.Hash)));
        Assert.Equal(EvidenceError.None, Check(Keys.Proposal(1, Keys.A), Keys.Proposal(1, Keys.B)));
        Assert.Equal(EvidenceError.NoConflict, Check(Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.A.Hash)));
        Assert.Equal(EvidenceError.NotTheSamePlace, Check(Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(2, Keys.B.Hash)));
        Assert.Equal(EvidenceError.NotTheSamePlace, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Precommit(1, Keys.B.Hash)));
        Assert.Equal(EvidenceError.NotTheSamePlace, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash, round: 1)));
        Assert.Equal(EvidenceError.BadSignature, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash) with { Block = Keys.Block("c").Hash }));
        Assert.Equal(EvidenceError.TooOld, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash), height: 102));
        Assert.Equal(EvidenceError.None, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash), height: 101));
        Assert.Equal(EvidenceError.FromTheFuture, Check(
            Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash), height: 0));
        var proof = Equivocation.Of(Keys.Chain, Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash));
        Assert.Equal(EvidenceError.NotOrdered, new Equivocation(proof.Second, proof.First).Verify(
            Keys.Certificates, Keys.Chain, Four, 1, 1));
    }

    [Fact]
    public void Proofs_wait_once_each_and_leave_with_their_block_or_by_age()
    {
        var pool = new EvidencePool();
        var proof = Equivocation.Of(Keys.Chain, Keys.Prevote(1, Keys.A.Hash), Keys.Prevote(1, Keys.B.Hash));
        Assert.True(pool.Add(proof));
        Assert.False(pool.Add(proof));
        pool.Expire(11, 10);
        Assert.Single(pool.Take(5));
        pool.Expire(12, 10);
        Assert.Empty(pool.Take(5));
        Assert.True(pool.Add(proof));
        pool.Included(proof);
        Assert.Equal(0, pool.Count);
        for (var i = 0; i < EvidencePool.Capacity; i++)
            Assert.True(pool.Add(proof with { First = Keys.Prevote(1, Keys.A.Hash) with { Round = i } }));
        Assert.False(pool.Add(proof with { First = Keys.Prevote(1, Keys.A.Hash) with { Round = 9999 } }));
    }
}
