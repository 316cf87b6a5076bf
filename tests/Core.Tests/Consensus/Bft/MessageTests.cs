using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests.Consensus.Bft;

public sealed class MessageTests
{
    public static TheoryData<string> Kinds => [.. Samples.Keys];

    private static Dictionary<string, BftMessage> Samples { get; } = new()
    {
        ["proposal"] = Keys.Proposal(1, Keys.A, height: 3, round: 2, validRound: 1),
        ["prevote"] = Keys.Prevote(2, Keys.A.Hash, height: 3, round: 2, validRound: 0),
        ["nil prevote"] = Keys.Prevote(2, Hash256.Zero),
        ["precommit"] = Keys.Precommit(3, Keys.A.Hash),
        ["nil precommit"] = Keys.Precommit(3, Hash256.Zero),
        ["polka"] = Keys.Polka(3, Keys.A.Hash, round: 4, validRound: 2),
        ["commit"] = Keys.Commit(4, Keys.A.Hash),
        ["round by precommits"] = new RoundCertificate(
            1, 1, RoundEntry.Precommits, [Keys.Precommit(0, Keys.A.Hash), Keys.Precommit(2, Hash256.Zero)]),
        ["round by skip"] = new RoundCertificate(
            1, 2, RoundEntry.Skip, [Keys.Prevote(1, Keys.A.Hash, round: 3), Keys.Precommit(3, Hash256.Zero, round: 2)]),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_message_has_one_encoding_and_comes_back_the_same(string kind)
    {
        var bytes = MessageCodec.Encode(Samples[kind]);
        Assert.True(MessageCodec.TryDecode(bytes, out var message));
        Assert.Equal(Samples[kind].GetType(), message.GetType());
        Assert.Equal(bytes, MessageCodec.Encode(message));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_other_length_is_refused(string kind)
    {
        var bytes = MessageCodec.Encode(Samples[kind]);
        for (var length = 0; length < bytes.Length; length++)
            Assert.False(MessageCodec.TryDecode(bytes.AsMemory(0, length), out _));
        Assert.False(MessageCodec.TryDecode((byte[])[.. bytes, 0], out _));
        Assert.False(MessageCodec.TryDecode(new byte[MessageCodec.MaxLength + 1], out _));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void B14_mutated_bytes_are_refused_or_are_another_well_formed_message(string kind)
    {
        var bytes = MessageCodec.Encode(Samples[kind]);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 6].Sample(
            changes =>
            {
                byte[] changed = [.. bytes];
                foreach (var (at, value) in changes)
                    changed[at] = value;
                if (!MessageCodec.TryDecode(changed, out var message))
                    return;
                Assert.True(message.IsWellFormed);
                Assert.Equal(changed, MessageCodec.Encode(message));
            },
            iter: 2_000);
    }

    [Fact]
    public void B14_random_bytes_never_throw() =>
        Gen.Byte.Array[0, 400].Sample(bytes => MessageCodec.TryDecode(bytes, out _) || true, iter: 5_000);

    [Fact]
    public void B14_negative_rounds_nil_proposals_and_signers_out_of_range_are_not_well_formed()
    {
        var vote = Keys.Prevote(0, Keys.A.Hash, round: 3, validRound: 2);
        Assert.True(vote.IsWellFormed);
        Assert.False((vote with { Round = -1, ValidRound = -1 }).IsWellFormed);
        Assert.False((vote with { Round = BftLimits.MaxRound + 1 }).IsWellFormed);
        Assert.False((vote with { Height = 0 }).IsWellFormed);
        Assert.False((vote with { ValidRound = 3 }).IsWellFormed);
        Assert.False((vote with { ValidRound = -2 }).IsWellFormed);
        Assert.False((vote with { Block = Hash256.Zero }).IsWellFormed);
        Assert.False((vote with { Signer = -1 }).IsWellFormed);
        Assert.False((vote with { Signer = BftLimits.MaxValidators }).IsWellFormed);
        Assert.False((vote with { Kind = (VoteKind)4 }).IsWellFormed);
        Assert.False((vote with { Kind = VoteKind.Precommit }).IsWellFormed);
        var proposal = Keys.Proposal(0, Keys.A);
        Assert.False((proposal with { Info = Keys.A with { TotalBytes = 0 } }).IsWellFormed);
        Assert.False(new Proposal(1, 0, Keys.A with { Hash = Hash256.Zero }, -1, 0, default).IsWellFormed);
    }

    [Fact]
    public void Signed_bytes_are_pinned()
    {
        var binding = new ChainBinding(0x0102030405060708, Hash256.Parse("0x" + new string('a', 64)));
        var info = new BlockInfo(
            Hash256.Parse("0x" + new string('b', 64)), Hash256.Parse("0x" + new string('c', 64)), 0x11121314);
        var head = "61697462632f6266742f31" + "0102030405060708" + new string('a', 64);
        var place = "0000000000000009" + "00000002";
        Assert.Equal(
            head + "01" + place + new string('b', 64) + "ffffffff" + new string('c', 64) + "11121314",
            Convert.ToHexStringLower(new Proposal(9, 2, info, -1, 0, default).SignBytes(binding)));
        Assert.Equal(
            head + "02" + place + new string('b', 64) + "00000001",
            Convert.ToHexStringLower(
                new Vote(VoteKind.Prevote, 9, 2, info.Hash, 1, 0, default).SignBytes(binding)));
        Assert.Equal(
            head + "03" + place + new string('0', 64),
            Convert.ToHexStringLower(
                new Vote(VoteKind.Precommit, 9, 2, default, -1, 0, default).SignBytes(binding)));
    }

    [Fact]
    public void A_signature_means_nothing_on_another_chain_or_for_another_place()
    {
        var vote = Keys.Prevote(0, Keys.A.Hash);
        var set = Keys.Set(4);
        Assert.True(Keys.Certificates.IsSigned(vote, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Round = 1 }, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Height = 2 }, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Block = Keys.B.Hash }, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Kind = VoteKind.Precommit }, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Signer = 1 }, set));
        Assert.False(Keys.Certificates.IsSigned(vote with { Signer = 200 }, set));
        var other = new Aitbc.Consensus.Bft.Validators.CertificateVerifier(
            Keys.Chain with { ChainId = 1 }, Aitbc.Consensus.Bft.Validators.Ed25519Verifier.Instance);
        Assert.False(other.IsSigned(vote, set));
    }

    [Fact]
    public void B15_no_message_holds_a_time() =>
        Assert.DoesNotContain(
            typeof(BftMessage).Assembly.GetTypes()
                .Where(t => t.IsAssignableTo(typeof(BftMessage)) || t == typeof(BlockInfo))
                .SelectMany(t => t.GetProperties()),
            p => p.Name.Contains("Time", StringComparison.Ordinal) || p.Name.EndsWith("Ms", StringComparison.Ordinal));
}
