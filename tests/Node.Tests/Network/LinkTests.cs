using Aitbc.Node.Network;
using Aitbc.Node.Network.Links.Dialling;
using Xunit;

namespace Node.Tests.Network;

/// <summary>Honest nodes find each other and stay together (specs/p2p.md).</summary>
public sealed class LinkTests
{
    [Fact]
    public async Task Two_nodes_prove_their_keys_and_pass_messages_of_every_class()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = LinkNode.Start(keys);
        await using var b = LinkNode.Start(others, peers: [a.Address with { Pin = a.Id }]);
        await Eventually.Holds(() => a.IsLinkedWith(b.Id) && b.IsLinkedWith(a.Id), "both are linked");
        Assert.Equal(others.ConsensusKey.ToArray(), a.Links.Peers.Single().ConsensusKey.ToArray());
        Assert.True(a.Links.Peers.Single().IsInbound);
        Assert.False(b.Links.Peers.Single().IsInbound);

        var large = new byte[GossipLimits.MaxMessage];
        Random.Shared.NextBytes(large);
        a.Links.Broadcast(MessageClass.Consensus, new byte[] { 1 });
        a.Links.Broadcast(MessageClass.Transactions, ReadOnlyMemory<byte>.Empty);
        Assert.True(a.Links.TrySend(b.Id, MessageClass.Sync, large));
        Assert.False(a.Links.TrySend(default, MessageClass.Sync, large));
        await Eventually.Holds(() => b.Received.Messages.Count == 3, "three messages have come");
        Assert.Contains(b.Received.Messages, m => m.Lane == MessageClass.Consensus && m.Message is [1]);
        Assert.Contains(b.Received.Messages, m => m.Lane == MessageClass.Transactions && m.Message is []);
        Assert.Contains(
            b.Received.Messages, m => m.Lane == MessageClass.Sync && m.Message.AsSpan().SequenceEqual(large));
        Assert.All(b.Received.Messages, m => Assert.Equal(a.Id, m.From));
        Assert.Throws<ArgumentException>(() => a.Links.Broadcast(MessageClass.Sync, new byte[large.Length + 1]));
    }

    [Fact]
    public async Task Four_nodes_that_all_dial_each_other_become_a_full_mesh()
    {
        var keys = Enumerable.Range(0, 4).Select(_ => new NodeKeys()).ToArray();
        var ports = FreePorts(4);
        var roll = keys.Select(k => k.Entry).ToList();
        var peers = ports.Select(p => new PeerAddress("127.0.0.1", p, null)).ToList();
        var nodes = keys.Select((k, i) => LinkNode.Start(k, port: ports[i], peers: peers, roll: () => roll)).ToArray();
        await Eventually.Holds(
            () => nodes.All(n => n.IsLinkedWith([.. keys.Select(k => k.Id).Where(id => id != n.Id)])), "a full mesh");
        // While of two links dialled at once one goes, what is on it is lost.
        await Eventually.Holds(
            () => nodes.All(n => n.Received.Messages.Select(m => m.From).Distinct().Count() == 3),
            "all heard of all",
            () => Array.ForEach(nodes, n => n.Links.Broadcast(MessageClass.Consensus, n.Id.KeyHash.ToArray())));
        // Links dialled at once have sorted themselves out; then none comes or goes.
        var events = -1;
        for (var i = 0; i < 20 && events != nodes.Sum(n => n.Received.Events.Count); i++)
        {
            events = nodes.Sum(n => n.Received.Events.Count);
            await Task.Delay(300, TestContext.Current.CancellationToken);
        }

        Assert.Equal(events, nodes.Sum(n => n.Received.Events.Count));
        foreach (var node in nodes)
            await node.DisposeAsync();
        Assert.All(nodes, n => Assert.Empty(n.Links.Peers));
        Array.ForEach(keys, k => k.Dispose());
    }

    [Fact]
    public async Task H6_when_both_dial_at_once_one_link_stays()
    {
        for (var i = 0; i < 5; i++)
        {
            using var keys = new NodeKeys();
            using var others = new NodeKeys();
            var ports = FreePorts(2);
            var lazy = LinkNode.Quick with { FirstBackoff = TimeSpan.FromMilliseconds(200) };
            await using var a = LinkNode.Start(keys, lazy, ports[0], [new PeerAddress("127.0.0.1", ports[1], null)]);
            await using var b = LinkNode.Start(others, lazy, ports[1], [new PeerAddress("127.0.0.1", ports[0], null)]);
            await Eventually.Holds(() => a.IsLinkedWith(b.Id) && b.IsLinkedWith(a.Id), "both are linked");
            a.Links.Broadcast(MessageClass.Consensus, new byte[] { 1 });
            await Eventually.Holds(
                () => !b.Received.Messages.IsEmpty,
                "what one says the other hears",
                () => a.Links.Broadcast(MessageClass.Consensus, new byte[] { 1 }));
            // The two ends mean the same connection: one of them was called.
            await Eventually.Holds(
                () => a.Links.Peers is [var x] && b.Links.Peers is [var y] && x.IsInbound != y.IsInbound, "one link");
        }
    }

    [Fact]
    public async Task A_node_that_starts_again_is_linked_again()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = LinkNode.Start(keys);
        var port = a.EndPoint.Port;
        await using var b = LinkNode.Start(others, peers: [a.Address]);
        await Eventually.Holds(() => b.IsLinkedWith(a.Id), "they are linked");
        await a.DisposeAsync();
        await Eventually.Holds(() => b.IsLinkedWith(), "the link has gone");
        await using var again = LinkNode.Start(keys, port: port);
        await Eventually.Holds(() => b.IsLinkedWith(a.Id) && again.IsLinkedWith(b.Id), "they are linked again");
        Assert.Equal([(a.Id, true), (a.Id, false), (a.Id, true)], b.Received.Events);
    }

    [Fact]
    public async Task L4_a_node_that_is_no_validator_finds_others_through_the_one_that_it_knows()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var third = new NodeKeys();
        await using var a = LinkNode.Start(keys);
        await using var b = LinkNode.Start(others, peers: [a.Address]);
        await Eventually.Holds(() => a.IsLinkedWith(b.Id), "two are linked");
        await using var c = LinkNode.Start(third, peers: [a.Address]);
        await Eventually.Holds(() => c.IsLinkedWith(a.Id, b.Id), "the third found both");
    }

    [Fact]
    public async Task L4_validators_ask_nobody_and_L5_nobody_is_told_of_them()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var third = new NodeKeys();
        var roll = new[] { others.Entry };
        await using var a = LinkNode.Start(keys, roll: () => roll);
        await using var validator = LinkNode.Start(others, peers: [a.Address], roll: () => roll);
        await Eventually.Holds(() => a.IsLinkedWith(validator.Id), "two are linked");
        await using var c = LinkNode.Start(third, peers: [a.Address], roll: () => roll);
        await Eventually.Holds(() => c.IsLinkedWith(a.Id), "the third is linked");
        // It is linked with the one that both ask by now; one look more, and they would have dialled each other.
        await Eventually.Holds(() => c.Links.KnownAddresses == 0 && a.IsLinkedWith(validator.Id, c.Id), "all is quiet");
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.True(c.IsLinkedWith(a.Id));
        Assert.True(validator.IsLinkedWith(a.Id));
    }

    internal static int[] FreePorts(int count) => Aitbc.Testing.Network.FreePorts.Take(count);
}
