using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;

namespace Node.Tests.Network;

/// <summary>A peer that says what the test wants, over real TLS.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly FrameReader reader;
    private readonly FrameWriter writer;

    private RawPeer(SslStream stream, PeerId peer)
    {
        Stream = stream;
        Peer = peer;
        reader = new FrameReader(stream);
        writer = new FrameWriter(stream);
    }

    public SslStream Stream { get; }

    /// <summary>Who is at the other end.</summary>
    public PeerId Peer { get; }

    public static Hello HelloOf(NodeKeys keys) => new(
        Hello.CurrentVersion,
        LinkNode.ChainId,
        LinkNode.Genesis,
        Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Length)),
        keys.ConsensusKey,
        0);

    public static async Task<RawPeer> DialAsync(IPEndPoint place, NodeKeys keys, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(place);
        PeerId? peer = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new TlsSettings(keys.Transport.Certificate).Dialler(Keep));
        return new RawPeer(stream, peer!.Value);

        bool Keep(X509Certificate2 certificate) => (peer = TransportKey.PeerIdOf(certificate)) is not null;
    }

    public static async Task<RawPeer> AcceptAsync(Socket listener, NodeKeys keys)
    {
        var socket = await listener.AcceptAsync();
        PeerId? peer = null;
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsServerAsync(new TlsSettings(keys.Transport.Certificate).Listener(Keep));
        return new RawPeer(stream, peer!.Value);

        bool Keep(X509Certificate2 certificate) => (peer = TransportKey.PeerIdOf(certificate)) is not null;
    }

    /// <summary>A whole and honest handshake.</summary>
    public static async Task<RawPeer> LinkAsync(IPEndPoint place, NodeKeys keys, int receiveBuffer = 0)
    {
        var peer = await DialAsync(place, keys, receiveBuffer);
        var own = HelloOf(keys).Encode();
        await peer.SendAsync(ControlKind.Hello, own);
        var theirs = await peer.ReceiveAsync(ControlKind.Hello);
        var subject = new LinkSubject(keys.Id, peer.Peer, own, theirs);
        await peer.SendAsync(ControlKind.Proof, peer.Proof(keys, subject));
        await peer.ReceiveAsync(ControlKind.Proof);
        return peer;
    }

    public byte[] Proof(NodeKeys keys, LinkSubject subject, bool isDialler = true) =>
        Aitbc.Primitives.Crypto.Ed25519Keys.Sign(keys.Seed, subject.SignedBytes(isDialler));

    public Task SendAsync(ControlKind kind, byte[] content) =>
        SendAsync(new Frame(Frame.Control, FrameWriter.Control(kind, content)));

    public async Task SendAsync(Frame frame)
    {
        await writer.WriteAsync(frame, default);
        await writer.FlushAsync(default);
    }

    /// <summary>The next frame; null when the other side has ended the link, in whatever way.</summary>
    public async Task<Frame?> ReceiveAsync()
    {
        try
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return await reader.ReadAsync(late.Token);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return null;
        }
    }

    public async Task<byte[]> ReceiveAsync(ControlKind kind)
    {
        var frame = await ReceiveAsync() ?? throw new IOException("The link has ended.");
        return frame.Class == Frame.Control && frame.Payload.Span[0] == (byte)kind
            ? frame.Payload[1..].ToArray()
            : throw new IOException($"Not a {kind}.");
    }

    /// <summary>Reads on until the other side ends the link.</summary>
    public async Task EndsAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
