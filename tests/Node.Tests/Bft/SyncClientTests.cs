using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Bft.Sync;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Engine;
using Aitbc.Node.Network;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
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

    [Fact]
    public async Task S3_four_ranges_are_asked_for_at_once_and_blocks_become_final_in_order()
    {
        await using var cluster = await Cluster.StartAsync(4);
        var chain = cluster.ChainOf(3);
        var (gossip, time) = (new Asked(), new FakeTimeProvider());
        List<ulong> imported = [];
        var sync = new SyncClient(
            chain, gossip, new CertificateVerifier(chain.Binding, Ed25519Verifier.Instance), time,
            (_, height) =>
            {
                imported.Add(height);
                return ImportVerdict.Final;
            });
        PeerId[] peers = [new(Keccak256.Hash("a"u8)), new(Keccak256.Hash("b"u8)), new(Keccak256.Hash("c"u8))];
        time.Advance(TimeSpan.FromMilliseconds(100));
        foreach (var peer in peers)
            sync.OnStatus(peer, Proven(chain, 1_000));
        Assert.Equal([1UL, 33, 65, 97], gossip.Ranges.Select(r => r.From));
        Assert.Equal([peers[0], peers[0], peers[1], peers[1]], gossip.Questions);
        Answer(sync, gossip, 2, 32);
        Answer(sync, gossip, 1, 32);
        Assert.Empty(imported);
        // Two places are free again, but what waits for its turn keeps them.
        Assert.Equal(4, gossip.Ranges.Count);
        Answer(sync, gossip, 0, 10);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (ulong)i), imported);
        Assert.Equal((11UL, 22), (gossip.Ranges[^1].From, gossip.Ranges[^1].Count));
        Answer(sync, gossip, 4, 22);
        Assert.Equal(Enumerable.Range(1, 96).Select(i => (ulong)i), imported);
        Assert.Equal([129UL, 161, 193], gossip.Ranges.Skip(5).Select(r => r.From));
    }

    private static void Answer(SyncClient sync, Asked gossip, int question, int count) => sync.OnBlocks(
        gossip.Questions[question],
        new PeerMessage.Blocks(
            gossip.Ranges[question].Id, [.. Enumerable.Repeat(new CertifiedBlock([1], [2]), count)]));

    // As a tip that the validators of the cluster have certified.
    private static PeerMessage.Status Proven(Chain chain, ulong height)
    {
        var block = Keccak256.Hash("far"u8);
        var votes = Enumerable.Range(0, 4).Select(i =>
        {
            var vote = new Vote(VoteKind.Precommit, height, 0, block, -1, i, default);
            return (Vote)vote.WithSignature(Ed25519Keys.Sign(Cluster.Seed(i), vote.SignBytes(chain.Binding)));
        });
        return new PeerMessage.Status(height, VoteCertificate.FromVotes([.. votes], 4), chain.Validators!);
    }

    private sealed class Asked : IGossip
    {
        public List<PeerId> Questions { get; } = [];

        public List<PeerMessage.GetBlocks> Ranges { get; } = [];

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
            if (PeerCodec.TryDecode(message, out var question) && question is PeerMessage.GetBlocks range)
                Ranges.Add(range);
            return true;
        }

        public void Misbehaved(PeerId peer, string what) => throw new InvalidOperationException(what);
    }
}
