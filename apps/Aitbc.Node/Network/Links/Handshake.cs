using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Node.Network.Links;

/// <summary>No link came of a connection, for a reason that the log says and the peer is not told.</summary>
internal sealed class LinkRefused(string why, Exception? inner = null) : Exception(why, inner)
{
    /// <summary>The key that TLS has proven, if it came so far.</summary>
    public PeerId? Peer { get; init; }

    /// <summary>True if the bytes were not of the protocol.</summary>
    public bool IsFault { get; init; }
}

/// <summary>Makes a link out of a connection: TLS, then hello and proof (specs/p2p.md, sections 2 and 3).</summary>
internal sealed class Handshake(LinkIdentity identity, ValidatorRoll roll, LinkOptions options, TimeProvider time)
{
    private readonly TlsSettings tls = new(identity.Transport.Certificate);

    /// <summary>Where this node listens, for its hello; 0 if it does not.</summary>
    public ushort ListenPort { get; set; }

    /// <param name="socket">Connected; belongs to the link afterwards, and is closed if none comes of it.</param>
    /// <param name="isDialler">True on the side that called.</param>
    /// <param name="pin">The only peer that will do; null = any.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="LinkRefused">No link came of it.</exception>
    public async Task<Link> RunAsync(Socket socket, bool isDialler, PeerId? pin, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(options.Limits.HandshakeTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        PeerId? peer = null;
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            socket.NoDelay = true;
            peer = await SecureAsync(stream, isDialler, pin, either.Token);
            return await GreetAsync(stream, peer.Value, remote, isDialler, either.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or LinkFault
            or LinkRefused or OperationCanceledException or ObjectDisposedException)
        {
            await stream.DisposeAsync();
            throw Refusal(e, peer, late.IsCancellationRequested);
        }
    }

    private static LinkRefused Refusal(Exception e, PeerId? peer, bool isLate) => e switch
    {
        LinkRefused refusal => new LinkRefused(refusal.Message, refusal.InnerException) { Peer = refusal.Peer ?? peer },
        LinkFault fault => new LinkRefused(fault.Message, fault) { Peer = peer, IsFault = true },
        _ when isLate => new LinkRefused("the handshake took too long", e) { Peer = peer },
        _ => new LinkRefused(e.Message, e) { Peer = peer },
    };

    private async Task<PeerId> SecureAsync(
        SslStream stream, bool isDialler, PeerId? pin, CancellationToken cancel)
    {
        PeerId? peer = null;
        string? wrong = null;
        bool Check(X509Certificate2 certificate)
        {
            peer = TransportKey.PeerIdOf(certificate);
            wrong = peer switch
            {
                null => "its transport key is not on P-256",
                { } own when own == identity.Id => "it is this node itself",
                { } other when pin is { } only && other != only => "its transport key is not the one that was dialled",
                _ => null,
            };
            return wrong is null;
        }

        try
        {
            if (isDialler)
                await stream.AuthenticateAsClientAsync(tls.Dialler(Check), cancel);
            else
                await stream.AuthenticateAsServerAsync(tls.Listener(Check), cancel);
        }
        catch (Exception e) when (wrong is not null)
        {
            throw new LinkRefused(wrong, e); // the key was shown, but not proven
        }

        if (stream.NegotiatedApplicationProtocol != TlsSettings.Protocol)
            throw new LinkRefused("it does not speak this protocol");
        return peer ?? throw new LinkRefused("it showed no transport key");
    }

    private async Task<Link> GreetAsync(
        SslStream stream, PeerId peer, IPEndPoint remote, bool isDialler, CancellationToken cancel)
    {
        var (reader, writer) = (new FrameReader(stream), new FrameWriter(stream));
        var own = OwnHello().Encode();
        await SendAsync(writer, ControlKind.Hello, own, cancel);
        var theirs = await ReceiveAsync(reader, ControlKind.Hello, cancel);
        if (!Hello.TryDecode(theirs.Span, out var hello))
            throw new LinkFault("a hello that is none");
        if (Difference(hello) is { } difference)
            throw new LinkRefused(difference);
        var subject = isDialler
            ? new LinkSubject(identity.Id, peer, own, theirs)
            : new LinkSubject(peer, identity.Id, theirs, own);
        await SendAsync(writer, ControlKind.Proof, identity.Prove(subject, isDialler), cancel);
        var proof = await ReceiveAsync(reader, ControlKind.Proof, cancel);
        var isGood = hello.ConsensusKey.IsZero
            ? proof.IsEmpty
            : Ed25519Keys.Verify(hello.ConsensusKey.ToArray(), subject.SignedBytes(!isDialler), proof.Span);
        if (!isGood)
            throw new LinkRefused("it did not prove its consensus key on this link");
        if (roll.Contradiction(peer, hello.ConsensusKey) is { } contradiction)
            throw new LinkRefused(contradiction);
        var party = new LinkParty(peer, Unmapped(remote), hello.Port, hello.ConsensusKey, !isDialler);
        return new Link(stream, reader, party, options.Limits, time);
    }

    private string? Difference(Hello hello)
    {
        if (hello.Version != Hello.CurrentVersion)
            return $"it speaks version {hello.Version} of the protocol";
        if (hello.ChainId != identity.ChainId)
            return $"it is on chain {hello.ChainId}";
        return hello.Genesis != identity.Genesis ? "its chain began with another genesis" : null;
    }

    private Hello OwnHello() => new(
        Hello.CurrentVersion,
        identity.ChainId,
        identity.Genesis,
        Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Length)),
        identity.ConsensusKey,
        ListenPort);

    private static async Task SendAsync(
        FrameWriter writer, ControlKind kind, byte[] content, CancellationToken cancel)
    {
        await writer.WriteAsync(new Frame(Frame.Control, FrameWriter.Control(kind, content)), cancel);
        await writer.FlushAsync(cancel);
    }

    private static async Task<ReadOnlyMemory<byte>> ReceiveAsync(
        FrameReader reader, ControlKind kind, CancellationToken cancel)
    {
        var frame = await reader.ReadAsync(cancel) ?? throw new LinkRefused("it ended the handshake");
        return frame.Class == Frame.Control && !frame.Payload.IsEmpty && frame.Payload.Span[0] == (byte)kind
            ? frame.Payload[1..]
            : throw new LinkFault("a handshake out of order");
    }

    private static IPEndPoint Unmapped(IPEndPoint remote) => remote.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(remote.Address.MapToIPv4(), remote.Port)
        : remote;
}
