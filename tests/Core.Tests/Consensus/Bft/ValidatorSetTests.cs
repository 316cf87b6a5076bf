using Aitbc.Consensus.Bft.Validators;
using Xunit;

namespace Core.Tests.Consensus.Bft;

public sealed class ValidatorSetTests
{
    [Fact]
    public void B16_for_every_size_two_quorums_share_more_than_the_faulty_and_the_honest_are_a_quorum()
    {
        for (var n = 1UL; n <= 100; n++)
        {
            var (quorum, faults) = (Quorum.Of(n), Quorum.FaultsOf(n));
            Assert.Equal((2 * n / 3) + 1, quorum);
            Assert.True((2 * quorum) - n > faults, $"n = {n}: two quorums may share only the faulty");
            Assert.True(n - faults >= quorum, $"n = {n}: the honest alone are no quorum");
            Assert.True(Quorum.SkipOf(n) > faults, $"n = {n}: the faulty alone may skip a round");
        }

        // What 2f + 1 would give for n = 6 is no quorum.
        Assert.True((2 * ((2 * Quorum.FaultsOf(6)) + 1)) - 6 <= Quorum.FaultsOf(6));
        Assert.Equal([0UL, 0UL, 0UL, 1UL], new ulong[] { 1, 2, 3, 4 }.Select(Quorum.FaultsOf));
        Assert.Equal((1UL << 63) / 3 * 2 + 2, Quorum.Of(1UL << 63));
    }

    [Fact]
    public void Proposers_take_turns_by_height_and_round()
    {
        var set = Keys.Set(4);
        Assert.Equal([1, 2, 3, 0, 1], Enumerable.Range(0, 5).Select(r => set.Proposer(1, r)));
        Assert.Equal([1, 2, 3, 0, 1], Enumerable.Range(1, 5).Select(h => set.Proposer((ulong)h, 0)));
        Assert.Equal((int)(((ulong.MaxValue % 4) + 3) % 4), set.Proposer(ulong.MaxValue, 3));
    }

    [Fact]
    public void What_is_no_set_is_refused_with_the_reason()
    {
        Assert.Equal(ValidatorSetError.Empty, ValidatorSet.TryCreate([], out _));
        var one = Keys.Member(0);
        Assert.Equal(ValidatorSetError.DuplicateOperator, ValidatorSet.TryCreate(
            [one, Keys.Member(1) with { Operator = one.Operator }], out _));
        Assert.Equal(ValidatorSetError.DuplicateKey, ValidatorSet.TryCreate(
            [one, Keys.Member(1) with { PublicKey = one.PublicKey }], out _));
        Assert.Equal(ValidatorSetError.BadKey, ValidatorSet.TryCreate([one with { PublicKey = new byte[31] }], out _));
        Assert.Equal(ValidatorSetError.BadWeight, ValidatorSet.TryCreate([one with { Weight = 0 }], out _));
        Assert.Equal(ValidatorSetError.BadWeight, ValidatorSet.TryCreate(
            [one with { Weight = 1UL << 62 }, Keys.Member(1)], out _));
        Assert.Equal(ValidatorSetError.TooMany, ValidatorSet.TryCreate([.. Enumerable.Repeat(one, 257)], out _));
    }

    [Fact]
    public void A_set_has_one_encoding_and_a_hash_over_all_of_it()
    {
        var set = Keys.Set(4);
        Assert.True(ValidatorSet.TryFromBytes(set.ToBytes(), out var read));
        Assert.Equal(set.Hash, read.Hash);
        var shuffled = ValidatorSet.Create([Keys.Member(3), Keys.Member(0), Keys.Member(2), Keys.Member(1)]);
        Assert.Equal(set.Hash, shuffled.Hash);
        var heavier = ValidatorSet.Create([
            Keys.Member(0) with { Weight = 2 }, Keys.Member(1), Keys.Member(2), Keys.Member(3)]);
        Assert.NotEqual(set.Hash, heavier.Hash);
        var bytes = set.ToBytes();
        Assert.False(ValidatorSet.TryFromBytes(bytes.AsSpan(0, bytes.Length - 1), out _));
        // The same members in another order are not the encoding.
        byte[] swapped = [.. bytes[..2], .. bytes[62..122], .. bytes[2..62], .. bytes[122..]];
        Assert.False(ValidatorSet.TryFromBytes(swapped, out _));
    }

    [Fact]
    public void V3_one_block_changes_few_members_and_never_empties_the_set()
    {
        var seven = Keys.Set(7);
        ValidatorSet With(params int[] members) => ValidatorSet.Create([.. members.Select(Keys.Member)]);
        Assert.Equal(ValidatorSetError.None, seven.CheckChange(With(0, 1, 2, 3, 4)));
        Assert.Equal(ValidatorSetError.TooManyChanges, seven.CheckChange(With(0, 1, 2, 3)));
        Assert.Equal(ValidatorSetError.None, seven.CheckChange(With(0, 1, 2, 3, 4, 7, 8)));
        Assert.Equal(ValidatorSetError.TooManyChanges, seven.CheckChange(With(0, 1, 2, 3, 7, 8, 9)));
        Assert.Equal(ValidatorSetError.None, Keys.Set(1).CheckChange(Keys.Set(2)));
    }

    [Fact]
    public void A_key_joins_only_with_the_proof_that_its_secret_is_held_for_this_operator()
    {
        var member = Keys.Member(0);
        var proof = Aitbc.Primitives.Crypto.Ed25519Keys.Sign(
            Keys.Seed(0), ProofOfPossession.SignBytes(Keys.Chain, member.Operator, member.PublicKey.Span));
        Assert.True(ProofOfPossession.Verify(Keys.Chain, member, proof, Ed25519Verifier.Instance));
        Assert.False(ProofOfPossession.Verify(
            Keys.Chain, member with { Operator = Keys.Member(1).Operator }, proof, Ed25519Verifier.Instance));
        Assert.False(ProofOfPossession.Verify(
            Keys.Chain, member with { PublicKey = Keys.Member(1).PublicKey }, proof, Ed25519Verifier.Instance));
        Assert.False(ProofOfPossession.Verify(
            Keys.Chain with { ChainId = 1 }, member, proof, Ed25519Verifier.Instance));
        Assert.False(ProofOfPossession.Verify(Keys.Chain, member, default, Ed25519Verifier.Instance));
    }
}
