using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Node.Bft.Wire;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Light;
using Xunit;

namespace Node.Tests.Bft;

public sealed class PeerMessageTests
{
    private static readonly Hash256 Block = Keccak256.Hash("block"u8);

    public static TheoryData<int> All => [.. Enumerable.Range(0, Messages().Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void A_message_is_read_as_it_was_written_and_in_no_other_bytes(int index)
    {
        var bytes = PeerCodec.Encode(Messages()[index]);
        Assert.True(PeerCodec.TryDecode(bytes, out var read));
        Assert.Equal(bytes, PeerCodec.Encode(read));
        Assert.False(PeerCodec.TryDecode(bytes.AsMemory()[..^1], out _));
        Assert.False(PeerCodec.TryDecode((byte[])[.. bytes, 0], out _));
        // One byte changed is refused, or read and written as it came.
        var random = new Random(index);
        for (var i = 0; i < 2_000; i++)
        {
            var mutated = bytes.ToArray();
            mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            if (PeerCodec.TryDecode(mutated, out var other))
                Assert.Equal(mutated, PeerCodec.Encode(other));
        }
    }

    [Fact]
    public void What_exceeds_a_bound_is_refused()
    {
        var block = new CertifiedBlock([1], [2]);
        Assert.False(PeerCodec.TryDecode(default, out _));
        Assert.False(Reads(new PeerMessage.Blocks(1, [.. Enumerable.Repeat(block, PeerLimits.MostBlocks + 1)])));
        Assert.False(Reads(new PeerMessage.GetBlocks(1, 1, PeerLimits.MostBlocks + 1)));
        Assert.False(Reads(new PeerMessage.State(
            1, [.. Enumerable.Repeat(new byte[] { 1 }, PeerLimits.MostStateNodes + 1)])));
        Assert.False(Reads(new PeerMessage.GetState(1, 1, new StatePosition(null, new byte[65]))));
        Assert.False(Reads(new PeerMessage.Transactions(
            [.. Enumerable.Repeat(new byte[] { 1 }, PeerLimits.MostTransactions + 1)])));
        var vote = new Vote(VoteKind.Precommit, 7, 1, Block, -1, 0, new byte[64]);
        var proof = new Equivocation(vote, vote with { Block = default });
        Assert.False(Reads(new PeerMessage.Proofs([.. Enumerable.Repeat(proof, PeerLimits.MostProofs + 1)])));
        var part = BlockParts.Split(new byte[10])[0];
        Assert.False(Reads(new PeerMessage.Part(
            1, new BlockInfo(Block, Block, 10), part with { Proof = [.. Enumerable.Repeat(Block, 6)] })));
        Assert.False(Reads(new PeerMessage.Part(1, new BlockInfo(Block, Block, BlockParts.MaxBody + 1), part)));
    }

    private static bool Reads(PeerMessage message) => PeerCodec.TryDecode(PeerCodec.Encode(message), out _);

    private static PeerMessage[] Messages()
    {
        var vote = new Vote(VoteKind.Precommit, 7, 1, Block, -1, 0, new byte[64]);
        var set = ValidatorSet.Create([new Validator(Cluster.Operator(0), Ed25519Keys.PublicKeyOf(Cluster.Seed(0)))]);
        var body = new byte[300];
        var genesis = new GenesisConfig { ChainId = 7, TimeMs = 1_000, Alloc = new Dictionary<Address, UInt256>() };
        var first = genesis.Build().Block;
        var header = first.Header with { Number = 7 };
        var commit = VoteCertificate.FromVotes([vote with { Block = header.Hash() }], 1);
        return
        [
            new PeerMessage.Bft(vote),
            new PeerMessage.Part(7, BlockParts.Describe(Block, body), BlockParts.Split(body)[0]),
            new PeerMessage.GetBody(7, Block),
            new PeerMessage.Status(0, null, null),
            new PeerMessage.Status(7, VoteCertificate.FromVotes([vote], 1), set),
            new PeerMessage.GetBlocks(9, 7, 32),
            new PeerMessage.Blocks(9, [new CertifiedBlock([1, 2], [3]), new CertifiedBlock([4], [5])]),
            new PeerMessage.Proofs([new Equivocation(vote, vote with { Block = default })]),
            new PeerMessage.GetLight(9, 7),
            new PeerMessage.Light(9, null),
            new PeerMessage.Light(9, new LightBlock(header, first.Consensus, commit, set)),
            new PeerMessage.GetState(9, 7, null),
            new PeerMessage.GetState(9, 7, new StatePosition(Block, new byte[] { 1, 2, 15 })),
            new PeerMessage.State(9, [[1, 2], [3]]),
            new PeerMessage.Transactions([[1, 2, 3], [4]]),
        ];
    }
}
