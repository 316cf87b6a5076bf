using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Dialling;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Network;

/// <summary>What a peer may not do, and that it costs only itself (specs/p2p.md, sections 4 to 7).</summary>
public sealed class HostilePeerTests
{
    [Fact]
    public async Task H5_bytes_that_are_no_TLS_and_silence_are_ended_and_others_still_link()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var node = LinkNode.Start(
            keys, LinkNode.Quick with { HandshakeTime = TimeSpan.FromMilliseconds(500) });
        using var garbage = await ConnectAsync(node.EndPoint);
        using var silent = await ConnectAsync(node.EndPoint);
        await garbage.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await using var honest = LinkNode.Start(others, peers: [node.Address]);
        await Eventually.Holds(() => node.IsLinkedWith(honest.Id), "an honest node is linked meanwhile");
        await EndsAsync(garbage);
        await EndsAsync(silent);
        await Eventually.Holds(() => node.Log.Has("the handshake took too long"), "the log says why");
    }

    [Theory]
    [InlineData(0, 4_097)]
    [InlineData(1, GossipLimits.MaxMessage + 1)]
    [InlineData(3, -1)]
    [InlineData(4, 1)]
    [InlineData(255, 0)]
    public async Task F1_a_frame_that_cannot_be_ends_the_link_and_bans_the_peer(byte lane, int length)
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var peer = await RawPeer.LinkAsync(node.EndPoint, hostile);
        var header = new byte[Frame.HeaderLength];
        BinaryPrimitives.WriteInt32BigEndian(header, length);
        header[4] = lane;
        await peer.Stream.WriteAsync(header, TestContext.Current.CancellationToken);
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("is at fault: a frame"), "the log says so");
        await using var again = await RawPeer.LinkAsync(node.EndPoint, hostile);
        await again.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("it is banned"), "the log says why");
        Assert.Empty(node.Links.Peers);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 9 })]
    [InlineData(new byte[] { 2, 0 })]
    [InlineData(new byte[] { 0, 1, 2 })]
    [InlineData(new byte[] { 5, 1 })]
    public async Task F1_a_control_message_that_is_none_ends_the_link(byte[] payload)
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var peer = await RawPeer.LinkAsync(node.EndPoint, hostile);
        await peer.SendAsync(new Frame(Frame.Control, payload));
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("is at fault"), "the log says so");
    }

    [Fact]
    public async Task F2_a_peer_that_answers_no_ping_is_cut_even_while_a_frame_trickles_in()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys, LinkNode.Quick with
        {
            PingAfter = TimeSpan.FromMilliseconds(50),
            Silence = TimeSpan.FromMilliseconds(300),
        });
        await using var peer = await RawPeer.LinkAsync(node.EndPoint, hostile);
        using var gone = new CancellationTokenSource();
        var trickle = Task.Run(async () =>
        {
            await peer.Stream.WriteAsync(new byte[] { 0, 0, 16, 0, 1 });
            while (!gone.IsCancellationRequested)
            {
                await peer.Stream.WriteAsync(new byte[1]);
                await Task.Delay(10);
            }
        });
        Assert.Empty(await peer.ReceiveAsync(ControlKind.AddressesWanted));
        Assert.Empty(await peer.ReceiveAsync(ControlKind.Ping));
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("no whole message came from it for too long"), "the log says why");
        await gone.CancelAsync();
        await Task.WhenAny(trickle);
        _ = trickle.Exception;
    }

    [Fact]
    public async Task F2_honest_nodes_with_nothing_to_say_stay_linked()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        var limits = LinkNode.Quick with
        {
            PingAfter = TimeSpan.FromMilliseconds(100),
            Silence = TimeSpan.FromMilliseconds(900),
        };
        await using var a = LinkNode.Start(keys, limits);
        await using var b = LinkNode.Start(others, limits, peers: [a.Address]);
        await Eventually.Holds(() => a.IsLinkedWith(b.Id), "they are linked");
        await Task.Delay(1_500, TestContext.Current.CancellationToken); // longer than silence is borne
        Assert.Single(a.Received.Events);
        Assert.True(a.IsLinkedWith(b.Id));
    }

    [Fact]
    public async Task Q1_a_peer_that_reads_nothing_is_cut_and_costs_the_others_nothing()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        using var others = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var slow = await RawPeer.LinkAsync(node.EndPoint, hostile, receiveBuffer: 4_096);
        await using var quick = LinkNode.Start(others, peers: [node.Address]);
        await Eventually.Holds(() => node.IsLinkedWith(hostile.Id, quick.Id), "both are linked");
        var vote = new byte[32 << 10];
        var sent = 0;
        await Eventually.Holds(
            () => node.IsLinkedWith(quick.Id),
            "the slow one is cut",
            () =>
            {
                for (var i = 0; i < 100; i++, sent++)
                    node.Links.Broadcast(MessageClass.Consensus, vote);
            });
        await Eventually.Holds(() => node.Log.Has("it takes what it is sent too slowly"), "the log says why");
        await Eventually.Holds(() => quick.Received.Messages.Count == sent, "the quick one has all of it");
    }

    [Fact]
    public async Task F3_a_peer_that_takes_nothing_is_cut_after_a_while()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(
            keys, LinkNode.Quick with { WriteTime = TimeSpan.FromMilliseconds(200) });
        await using var slow = await RawPeer.LinkAsync(node.EndPoint, hostile, receiveBuffer: 4_096);
        await Eventually.Holds(() => node.IsLinkedWith(hostile.Id), "it is linked");
        for (var i = 0; i < 4; i++)
            node.Links.TrySend(hostile.Id, MessageClass.Sync, new byte[GossipLimits.MaxMessage]);
        await Eventually.Holds(() => node.IsLinkedWith(), "it is cut");
        await Eventually.Holds(() => node.Log.Has("it takes nothing"), "the log says why");
    }

    [Fact]
    public async Task L1_more_handshakes_of_an_address_than_the_bound_are_closed_unread()
    {
        using var keys = new NodeKeys();
        await using var node = LinkNode.Start(keys, LinkNode.Quick with { MaxHandshakesPerAddress = 2 });
        var callers = new List<Socket>();
        for (var i = 0; i < 3; i++)
            callers.Add(await ConnectAsync(node.EndPoint));
        await EndsAsync(callers[2]);
        Assert.False(callers[0].Poll(0, SelectMode.SelectRead));
        callers.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task L2_guests_of_one_address_are_bounded_and_validators_have_places_of_their_own()
    {
        using var keys = new NodeKeys();
        using var first = new NodeKeys();
        using var second = new NodeKeys();
        using var validator = new NodeKeys();
        await using var node = LinkNode.Start(
            keys, LinkNode.Quick with { MaxInboundPerAddress = 1 }, roll: () => [validator.Entry]);
        await using var a = await RawPeer.LinkAsync(node.EndPoint, first);
        await Eventually.Holds(() => node.IsLinkedWith(first.Id), "the first is linked");
        await using var b = await RawPeer.LinkAsync(node.EndPoint, second);
        await b.EndsAsync();
        await using var c = await RawPeer.LinkAsync(node.EndPoint, validator);
        await Eventually.Holds(() => node.IsLinkedWith(first.Id, validator.Id), "the validator is linked");
    }

    [Fact]
    public async Task L5_L6_asking_too_often_and_answers_that_nobody_wanted_are_faults()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var peer = await RawPeer.LinkAsync(node.EndPoint, hostile);
        for (var i = 0; i < 6; i++)
            await peer.SendAsync(ControlKind.AddressesWanted, []);
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("it asks or tells addresses too often"), "the log says why");

        using var teller = new NodeKeys();
        await using var talkative = await RawPeer.LinkAsync(node.EndPoint, teller);
        var list = AddressList.Encode([new SeenAddress(IPAddress.Loopback, 9, new PeerId(Hash256.Zero))]);
        for (var i = 0; i < 6; i++)
            await talkative.SendAsync(ControlKind.Addresses, list);
        await talkative.EndsAsync();
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint place)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(place);
        return socket;
    }

    private static async Task EndsAsync(Socket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            while (await socket.ReceiveAsync(new byte[1_024], late.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Closed with bytes of ours unread.
        }
    }
}
