using System.Security.Cryptography;
using Aitbc.Node;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Redis;
using Aitbc.Primitives;
using Aitbc.Testing.Network;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Xunit;

namespace Node.Tests.Network;

/// <summary>Gossip over a real redis-server (specs/p2p.md, section 8).</summary>
public sealed class RedisTests
{
    [Fact]
    public async Task R2_R3_broadcasts_reach_the_others_and_long_messages_the_one_they_are_for()
    {
        await using var server = await InstalledRedis.StartAsync();
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var third = new NodeKeys();
        await using var a = Node.Start(server, keys);
        await using var b = Node.Start(server, others);
        await using var c = Node.Start(server, third);
        await Eventually.Holds(() => new[] { a, b, c }.All(n => n.Gossip.Peers.Count == 2), "all hear of all");
        Assert.Equal(
            others.ConsensusKey.ToArray(), a.Gossip.Peers.Single(p => p.Id == others.Id).ConsensusKey.ToArray());
        a.Gossip.Broadcast(MessageClass.Consensus, new byte[] { 1 });
        a.Gossip.Broadcast(MessageClass.Sync, new byte[RedisMessage.LongestPiece + 1]); // a body is asked for
        var body = RandomNumberGenerator.GetBytes(GossipLimits.MaxMessage);
        Assert.True(a.Gossip.TrySend(others.Id, MessageClass.Sync, body));
        Assert.False(a.Gossip.TrySend(default, MessageClass.Sync, body));
        await Eventually.Holds(() => b.Received.Messages.Count == 2 && c.Received.Messages.Count == 1, "it has come");
        Assert.Contains(
            b.Received.Messages, m => m.Lane == MessageClass.Sync && m.Message.AsSpan().SequenceEqual(body));
        var (from, lane, _) = c.Received.Messages.Single();
        Assert.Equal((keys.Id, MessageClass.Consensus), (from, lane));
        Assert.Empty(a.Received.Messages);
    }

    [Fact]
    public async Task R5_a_server_that_dies_and_comes_back_only_delays()
    {
        await using var server = await InstalledRedis.StartAsync();
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = Node.Start(server, keys);
        await using var b = Node.Start(server, others);
        await Eventually.Holds(() => a.Gossip.Peers.Count == 1 && b.Gossip.Peers.Count == 1, "they hear of each other");
        await server.KillAsync();
        await Eventually.Holds(() => a.Log.Has("lost") && b.Log.Has("lost"), "both notice");
        a.Gossip.Broadcast(MessageClass.Consensus, new byte[] { 1 });
        await server.StartAgainAsync();
        await Eventually.Holds(
            () => b.Received.Messages.Any(m => m.Message is [2]),
            "what is said anew is heard",
            () => a.Gossip.Broadcast(MessageClass.Consensus, new byte[] { 2 }));
    }

    [Fact]
    public async Task Nodes_of_another_chain_hear_nothing_and_a_server_may_come_later()
    {
        await using var server = await InstalledRedis.StartAsync();
        await server.KillAsync();
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var third = new NodeKeys();
        await using var a = Node.Start(server, keys);
        await using var b = Node.Start(server, others);
        await using var elsewhere = Node.Start(server, third, genesis: Hash256.Zero);
        await server.StartAgainAsync();
        await Eventually.Holds(
            () => !b.Received.Messages.IsEmpty,
            "one hears the other",
            () => a.Gossip.Broadcast(MessageClass.Consensus, new byte[] { 1 }));
        Assert.Empty(elsewhere.Gossip.Peers);
        Assert.Empty(elsewhere.Received.Messages);
    }

    [Fact]
    public async Task R6_a_password_opens_the_server_and_is_never_logged()
    {
        const string password = "correct-horse-7421";
        await using var server = await InstalledRedis.StartAsync(password);
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var third = new NodeKeys();
        await using var a = Node.Start(server, keys);
        await using var b = Node.Start(server, others);
        await using var stranger = new Node(server.Configuration.Replace(password, "wrong-guess-1"), third);
        stranger.Gossip.Start(stranger.Received);
        await Eventually.Holds(() => a.Gossip.Peers.Count == 1 && b.Gossip.Peers.Count == 1, "who knows it is in");
        await Eventually.Holds(() => stranger.Log.Has("Redis"), "the stranger says that it has no connection");
        Assert.Empty(stranger.Gossip.Peers);
        Assert.False(a.Log.Has(password));
        Assert.False(stranger.Log.Has("wrong-guess-1"));
        var refusal = Assert.Throws<NodeStartException>(() => new Node($"127.0.0.1:1,passw0rd={password}", keys));
        Assert.DoesNotContain(password, refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_message_is_dropped()
    {
        await using var server = await InstalledRedis.StartAsync();
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = Node.Start(server, keys);
        await using var b = Node.Start(server, others);
        await Eventually.Holds(() => a.Gossip.Peers.Count == 1, "they hear of each other");
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration))
        {
            var channel = RedisChannel.Literal($"aitbc:1:{LinkNode.ChainId}:{LinkNode.Genesis}");
            byte[][] bad =
            [
                [], [1], new byte[77], Bytes(lane: 4, 0, 1), Bytes(lane: 1, 0, 0), Bytes(lane: 1, 1, 1),
                Bytes(lane: 1, 0, 65), new byte[70_000],
            ];
            foreach (var bytes in bad)
                await connection.GetSubscriber().PublishAsync(channel, bytes);
        }

        b.Gossip.Broadcast(MessageClass.Consensus, new byte[] { 1 });
        await Eventually.Holds(() => !a.Received.Messages.IsEmpty, "what is one still comes");
        Assert.Equal([others.Id], a.Gossip.Peers.Select(p => p.Id));
        Assert.Single(a.Received.Messages);
    }

    [Fact]
    public void R3_pieces_are_kept_few_and_short()
    {
        var time = new FakeTimeProvider();
        var reassembly = new Reassembly(time);
        for (ulong i = 0; i < 1_000; i++)
            Assert.Null(reassembly.Add(Piece(sender: i % 50, number: i, index: 0)));
        Assert.InRange(reassembly.Count, 1, 16);
        Assert.Null(reassembly.Add(Piece(1, 5_000, 1)));
        Assert.Equal(new byte[] { 0, 1 }, reassembly.Add(Piece(1, 5_000, 0))!.Value.ToArray());
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(reassembly.Add(Piece(2, 6_000, 0)));
        Assert.Equal(1, reassembly.Count);
    }

    private static RedisMessage Piece(ulong sender, ulong number, ushort index) => new(
        new PeerId(Hash256.FromUInt256(sender)), default, 2, number, index, 2, new[] { (byte)index });

    private static byte[] Bytes(byte lane, ushort index, ushort count) => new RedisMessage(
        new PeerId(Hash256.FromUInt256(9)), default, lane, 1, index, count, default).Encode(before: 0);

    private sealed class Node : IAsyncDisposable
    {
        public Node(string configuration, NodeKeys keys, Hash256? genesis = null) => Gossip = new RedisGossip(
            configuration,
            new LinkIdentity(keys.Transport, keys.Seed, LinkNode.ChainId, genesis ?? LinkNode.Genesis),
            TimeProvider.System,
            Log);

        public RedisGossip Gossip { get; }

        public Recorder Received { get; } = new();

        public LogLines Log { get; } = new();

        public static Node Start(RedisServer server, NodeKeys keys, Hash256? genesis = null)
        {
            var node = new Node(server.Configuration, keys, genesis);
            node.Gossip.Start(node.Received);
            return node;
        }

        public ValueTask DisposeAsync() => Gossip.DisposeAsync();
    }
}
