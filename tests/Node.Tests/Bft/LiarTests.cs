using Aitbc.Consensus.Bft.Messages;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Bft;

public sealed class LiarTests
{
    [Fact]
    public async Task Peers_that_lie_about_tips_and_blocks_cost_their_own_turn_only()
    {
        await using var cluster = await Cluster.StartAsync(4, followers: 1);
        await cluster.StopAsync(4);
        for (var nonce = 0UL; nonce < 3; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce));
        await cluster.StopAsync(3);
        using var gossip = cluster.Network.Join(6, default);
        var liar = new Liar(gossip, cluster.ChainOf(0));
        gossip.Start(liar);
        cluster.Network.Split([0, 1, 2], [4, 6]);
        await cluster.StartAsync(4);
        await cluster.UntilAsync(
            () => cluster.Gossips[4].Has("not the one that was decided"), "complaint about a wrong block");
        Assert.True(liar.Asked > 0);
        Assert.Equal(0UL, cluster.ChainOf(4).Head.Header.Number);
        cluster.Network.Heal();
        await cluster.HeightAsync(cluster.ChainOf(0).Head.Header.Number);
        cluster.OneHashAtEveryHeight();
        gossip.Broadcast(MessageClass.Sync, PeerCodec.Encode(new PeerMessage.Blocks(77, [])));
        gossip.Broadcast(MessageClass.Sync, new byte[] { 0x55, 1, 2, 3 });
        await cluster.UntilAsync(() => cluster.Gossips[4].Has("nobody asked"), "complaint about unasked blocks");
        await cluster.UntilAsync(() => cluster.Gossips[4].Has("cannot be read"), "complaint about noise");
        Assert.True(cluster.Standing(4).BestPeerTip < 1_000);
        await cluster.FinalAsync(await cluster.SendAsync(4, 0, 3));
    }

    // Repeats a true status, so that it is asked, and answers with a block that somebody else might have made. Another
    // status of it claims a height that nothing proves.
    private sealed class Liar(MemoryGossip gossip, Chain chain) : IGossipReceiver
    {
        public int Asked { get; private set; }

        public void OnConnected(PeerId peer)
        {
            var height = chain.Head.Header.Number;
            var commit = chain.Store.Commit(height)!;
            Tell(peer, new PeerMessage.Status(height, commit, chain.ValidatorsAt(height)));
            var far = commit with { Height = 1_000, Block = Keccak256.Hash("far"u8) };
            Tell(peer, new PeerMessage.Status(1_000, far, chain.ValidatorsAt(height)));
        }

        public void OnMessage(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message)
        {
            if (!PeerCodec.TryDecode(message, out var decoded))
                return;
            if (decoded is not PeerMessage.GetBlocks question)
                return;
            Asked++;
            var certificate = MessageCodec.Encode(chain.Store.Commit(question.From)!);
            Tell(from, new PeerMessage.Blocks(
                question.Id, [new CertifiedBlock(chain.Store.BlockBytes(question.From + 1)!, certificate)]));
        }

        public void OnDisconnected(PeerId peer)
        {
            // It lies to whoever is there.
        }

        private void Tell(PeerId peer, PeerMessage message) =>
            gossip.TrySend(peer, MessageClass.Sync, PeerCodec.Encode(message));
    }
}
