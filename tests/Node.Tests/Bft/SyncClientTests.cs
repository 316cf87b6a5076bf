using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Bft.Sync;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Node.Tests.Bft;

public sealed class SyncClientTests
{
    [Fact]
    public async Task S6_what_was_asked_of_a_peer_that_goes_is_asked_of_another_at_once()
    {
        await using var cluster = await Cluster.StartAsync(4, followers: 1);
        cluster.Network.Split([0, 1, 2, 3], [4]);
        for (var nonce = 0UL; nonce < 3; nonce++)
            await cluster.FinalAsync(await cluster.SendAsync(0, 0, nonce), 0, 1, 2, 3);
        var full = cluster.ChainOf(0);
        var height = full.Head.Header.Number;
        var status = new PeerMessage.Status(height, full.Store.Commit(height)!, full.ValidatorsAt(height));
        var (gossip, time) = (new Asked(), new FakeTimeProvider());
        var sync = new SyncClient(
            cluster.ChainOf(4), gossip, new CertificateVerifier(full.Binding, Ed25519Verifier.Instance), time,
            (_, _) => ImportVerdict.Final);
        PeerId[] peers = [new(Keccak256.Hash("a"u8)), new(Keccak256.Hash("b"u8))];
        time.Advance(TimeSpan.FromMilliseconds(100));
        foreach (var peer in peers)
            sync.OnStatus(peer, status);
        var first = Assert.Single(gossip.Questions);
        sync.OnDisconnected(first);
        Assert.Equal([first, peers.Single(p => p != first)], gossip.Questions);
    }

    private sealed class Asked : IGossip
    {
        public List<PeerId> Questions { get; } = [];

        public IReadOnlyList<PeerInfo> Peers => [];

        public void Start(IGossipReceiver receiver)
        {
            // Nothing comes.
        }

        public void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message)
        {
            // Nobody hears.
        }

        public bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message)
        {
            Questions.Add(peer);
            return true;
        }

        public void Misbehaved(PeerId peer, string what) => throw new InvalidOperationException(what);
    }
}
