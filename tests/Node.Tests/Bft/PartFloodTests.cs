using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Bft.Bodies;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Node.Tests.Bft;

/// <summary>B23: colluding senders try to push the parts of the true block out, or to take their place.</summary>
public sealed class PartFloodTests
{
    private static readonly PeerId Honest = MemoryNetwork.IdOf(1);

    [Fact]
    public async Task B23_parts_with_the_hash_of_the_true_block_and_made_up_roots_push_none_of_it_out()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var pool = cluster.ChainOf(0).Pool;
        var book = new BodyBook(pool, (_, _) => true);
        var (hash, body) = LongBlock(cluster.ChainOf(0).Head);
        var parts = Parts(hash, body);
        Assert.True(parts.Count > 2);
        foreach (var part in parts.SkipLast(1))
            Assert.Null(book.Add(Honest, part, 1, out _));
        for (var i = 0; i < 200; i++)
        {
            var madeUp = new byte[400_000];
            madeUp[0] = (byte)i;
            // Two that collude, with many made-up roots each.
            Assert.Null(book.Add(MemoryNetwork.IdOf(2 + (i % 2)), Parts(hash, madeUp)[0], 1, out var isGood));
            Assert.True(isGood);
        }

        Assert.Equal(hash, book.Add(Honest, parts[^1], 1, out _)!.Info.Hash);
        Assert.NotNull(book.Find(hash));
    }

    [Fact]
    public async Task B23_a_whole_body_that_is_not_of_its_hash_is_a_fault_and_does_not_take_the_true_ones_place()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var book = new BodyBook(cluster.ChainOf(0).Pool, (_, _) => true);
        var (hash, body) = LongBlock(cluster.ChainOf(0).Head);
        var isGood = true;
        foreach (var part in Parts(hash, new byte[300_000]))
            Assert.Null(book.Add(MemoryNetwork.IdOf(2), part, 1, out isGood));
        Assert.False(isGood);
        Assert.Contains(Parts(hash, body), p => book.Add(Honest, p, 1, out _) is not null);
    }

    [Fact]
    public async Task B23_whole_bodies_of_one_sender_push_no_other_ones_out()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var book = new BodyBook(cluster.ChainOf(0).Pool, (_, _) => true);
        var (hash, body) = LongBlock(cluster.ChainOf(0).Head);
        foreach (var part in Parts(hash, body))
            book.Add(Honest, part, 1, out _);
        for (var i = 0; i < 50; i++)
        {
            // Each is the body of its block, as one who proposes it would send it.
            var (madeUp, itsBody) = LongBlock(cluster.ChainOf(0).Head, transfers: 1, gasUsed: (ulong)i);
            foreach (var part in Parts(madeUp, itsBody))
                Assert.NotNull(book.Add(MemoryNetwork.IdOf(2), part, 1, out _));
        }

        Assert.NotNull(book.Find(hash));
    }

    [Fact]
    public async Task B23_parts_are_taken_unasked_from_validators_only()
    {
        await using var cluster = await Cluster.StartAsync(4);
        using var stranger = cluster.Network.Join(6, Cluster.Seed(6));
        stranger.Start(new Deaf());
        for (var i = 0; i < 500; i++)
        {
            var madeUp = new byte[200_000];
            madeUp[0] = (byte)i;
            stranger.Broadcast(
                MessageClass.Consensus, PeerCodec.Encode(Parts(Keccak256.Hash([(byte)i]), madeUp)[0]));
        }

        for (var nonce = 0UL; nonce < 5; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        cluster.OneHashAtEveryHeight();
    }

    private static List<PeerMessage.Part> Parts(Hash256 hash, byte[] body)
    {
        var info = BlockParts.Describe(hash, body);
        return [.. BlockParts.Split(body).Select(p => new PeerMessage.Part(1, info, p))];
    }

    // A body of several parts, which is the body of its block.
    private static (Hash256 Hash, byte[] Body) LongBlock(Block parent, int transfers = 3_000, ulong gasUsed = 0)
    {
        var transfer = TestAccounts.Transfer(0, 0, Address.Zero, 1);
        var transactions = Enumerable.Repeat(transfer, transfers).ToList();
        var block = parent with
        {
            Header = parent.Header with
            {
                Number = 1,
                GasUsed = gasUsed,
                TransactionsRoot = Block.RootOf(transactions.Select(t => t.Encode())),
            },
            Transactions = transactions,
        };
        return (block.Header.Hash(), block.Encode());
    }

    private sealed class Deaf : IGossipReceiver
    {
        public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
        {
            // It only talks.
        }

        public void OnConnected(PeerId peer)
        {
            // Nor listens.
        }

        public void OnDisconnected(PeerId peer)
        {
            // Nor waits.
        }
    }
}
