using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;
using Xunit;

namespace Node.Tests.Network;

/// <summary>Who cannot prove what must be proven gets no link (specs/p2p.md, sections 2 and 3).</summary>
public sealed class RefusedPeerTests
{
    [Fact]
    public async Task T2_a_peer_with_another_key_than_the_pinned_is_refused()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = LinkNode.Start(keys);
        await using var b = LinkNode.Start(others, peers: [a.Address with { Pin = others.Id }]);
        await Eventually.Holds(() => b.Log.Has("its transport key is not the one that was dialled"), "it is refused");
        Assert.Empty(b.Links.Peers);
        Assert.Empty(b.Received.Events);
    }

    [Fact]
    public async Task H1_another_genesis_is_refused_by_both_sides()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = LinkNode.Start(keys);
        await using var b = LinkNode.Start(others, peers: [a.Address], genesis: Hash256.FromBytes(new byte[32]));
        await Eventually.Holds(
            () => a.Log.Has("another genesis") || b.Log.Has("another genesis"), "one of them said why");
        Assert.Empty(a.Links.Peers);
        Assert.Empty(b.Links.Peers);
    }

    [Theory]
    [InlineData("version", "version 2 of the protocol")]
    [InlineData("chain", "it is on chain 1")]
    [InlineData("genesis", "another genesis")]
    public async Task H1_a_hello_of_another_version_or_chain_is_refused(string what, string reason)
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var peer = await RawPeer.DialAsync(node.EndPoint, hostile);
        var hello = RawPeer.HelloOf(hostile);
        await peer.SendAsync(ControlKind.Hello, (what switch
        {
            "version" => hello with { Version = 2 },
            "chain" => hello with { ChainId = 1 },
            _ => hello with { Genesis = default },
        }).Encode());
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has(reason), "the log says why");
        Assert.Empty(node.Received.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task H2_a_handshake_that_somebody_between_passes_on_is_refused(bool passesToListener)
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        using var between = new NodeKeys();
        using var door = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        door.Listen();
        await using var listener = LinkNode.Start(keys);
        var trap = new Aitbc.Node.Network.Links.Dialling.PeerAddress(
            "127.0.0.1", ((IPEndPoint)door.LocalEndPoint!).Port, null);
        await using var dialler = LinkNode.Start(others, peers: [trap]);
        await using var toDialler = await RawPeer.AcceptAsync(door, between);
        await using var toListener = await RawPeer.DialAsync(listener.EndPoint, between);
        await toListener.SendAsync(ControlKind.Hello, await toDialler.ReceiveAsync(ControlKind.Hello));
        await toDialler.SendAsync(ControlKind.Hello, await toListener.ReceiveAsync(ControlKind.Hello));
        var (from, to) = passesToListener ? (toDialler, toListener) : (toListener, toDialler);
        await to.SendAsync(ControlKind.Proof, await from.ReceiveAsync(ControlKind.Proof));
        var deceived = passesToListener ? listener : dialler;
        await Eventually.Holds(() => deceived.Log.Has("did not prove its consensus key"), "it is refused");
        Assert.Empty(deceived.Received.Events);
    }

    [Fact]
    public async Task H2_a_proof_of_an_earlier_link_is_refused()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        var hello = RawPeer.HelloOf(hostile).Encode();
        byte[] proof;
        await using (var first = await RawPeer.DialAsync(node.EndPoint, hostile))
        {
            await first.SendAsync(ControlKind.Hello, hello);
            var theirs = await first.ReceiveAsync(ControlKind.Hello);
            proof = first.Proof(hostile, new LinkSubject(hostile.Id, node.Id, hello, theirs));
            await first.SendAsync(ControlKind.Proof, proof);
            await first.ReceiveAsync(ControlKind.Proof);
            await Eventually.Holds(() => node.IsLinkedWith(hostile.Id), "the first is linked");
        }

        await Eventually.Holds(() => node.IsLinkedWith(), "the first has gone");
        await using var second = await RawPeer.DialAsync(node.EndPoint, hostile);
        await second.SendAsync(ControlKind.Hello, hello);
        await second.SendAsync(ControlKind.Proof, proof);
        await second.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("did not prove its consensus key"), "the log says why");
        Assert.Empty(node.Links.Peers);
    }

    [Fact]
    public async Task H2_a_proof_that_comes_back_to_its_maker_proves_nothing()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        await using var peer = await RawPeer.DialAsync(node.EndPoint, hostile);
        // It claims the node's own consensus key and sends the node's own proof back.
        await peer.SendAsync(
            ControlKind.Hello, (RawPeer.HelloOf(hostile) with { ConsensusKey = keys.ConsensusKey }).Encode());
        await peer.ReceiveAsync(ControlKind.Hello);
        await peer.SendAsync(ControlKind.Proof, await peer.ReceiveAsync(ControlKind.Proof));
        await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("did not prove its consensus key"), "the log says why");
    }

    [Fact]
    public async Task H3_keys_that_the_registry_pairs_otherwise_are_refused_and_cut_when_it_changes()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        using var fine = new NodeKeys();
        var roll = new[] { new RollEntry(hostile.ConsensusKey, keys.Id.KeyHash), fine.Entry };
        await using var node = LinkNode.Start(keys, roll: () => Volatile.Read(ref roll));
        await using (var peer = await RawPeer.LinkAsync(node.EndPoint, hostile))
            await peer.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("another transport key for this validator"), "the log says why");
        Assert.Empty(node.Received.Events);

        await using var validator = await RawPeer.LinkAsync(node.EndPoint, fine);
        await Eventually.Holds(() => node.IsLinkedWith(fine.Id), "the right pair is linked");
        Volatile.Write(ref roll, [new RollEntry(keys.ConsensusKey, fine.Id.KeyHash)]);
        await validator.EndsAsync();
        await Eventually.Holds(() => node.Log.Has("another consensus key for this transport key"), "the log says why");
    }

    [Fact]
    public async Task T4_a_node_does_not_link_with_itself()
    {
        using var keys = new NodeKeys();
        var port = LinkTests.FreePorts(1)[0];
        await using var node = LinkNode.Start(
            keys, port: port, peers: [new Aitbc.Node.Network.Links.Dialling.PeerAddress("127.0.0.1", port, null)]);
        await Eventually.Holds(() => node.Log.Has("it is this node itself"), "it noticed");
        Assert.Empty(node.Received.Events);
    }

    [Theory]
    [InlineData("no certificate")]
    [InlineData("RSA")]
    [InlineData("P-384")]
    [InlineData("TLS 1.2")]
    [InlineData("no ALPN")]
    [InlineData("other ALPN")]
    public async Task T1_T2_what_is_not_this_TLS_is_refused(string what)
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(node.EndPoint, TestContext.Current.CancellationToken);
        await using var stream = new SslStream(new NetworkStream(socket));
        using var certificate = what switch
        {
            "RSA" => Foreign(new CertificateRequest(
                "CN=x", RSA.Create(2048), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            "P-384" => Foreign(new CertificateRequest(
                "CN=x", ECDsa.Create(ECCurve.NamedCurves.nistP384), HashAlgorithmName.SHA256)),
            _ => null,
        };
        var shown = certificate ?? hostile.Transport.Certificate;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "",
                ClientCertificates = what == "no certificate" ? null : [shown],
                EnabledSslProtocols = what == "TLS 1.2" ? SslProtocols.Tls12 : SslProtocols.Tls13,
                ApplicationProtocols = what switch
                {
                    "no ALPN" => null,
                    "other ALPN" => [new SslApplicationProtocol("h2")],
                    _ => [new SslApplicationProtocol("aitbc/1")],
                },
                RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null,
            });
            // In TLS 1.3 a client learns only with its first read that it was refused.
            if (await stream.ReadAsync(new byte[1]) == 0)
                throw new IOException("The node ended it.");
        });
        await Eventually.Holds(() => node.Log.Has("refused a peer"), "the log says so");
        Assert.Empty(node.Received.Events);
    }

    [Fact]
    public async Task T3_a_second_link_proves_the_keys_anew()
    {
        using var keys = new NodeKeys();
        using var hostile = new NodeKeys();
        await using var node = LinkNode.Start(keys);
        for (var i = 0; i < 2; i++)
        {
            await using var peer = await RawPeer.LinkAsync(node.EndPoint, hostile);
            // A resumed session would show no certificate, and RawPeer would not know the peer.
            Assert.Equal(node.Id, peer.Peer);
            Assert.True(peer.Stream.IsMutuallyAuthenticated);
        }
    }

    private static X509Certificate2 Foreign(CertificateRequest request) => request.CreateSelfSigned(
        new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero));
}
