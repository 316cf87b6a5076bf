using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links;

/// <summary>One link to a peer that has proven who it is.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly SslStream stream;
    private readonly FrameReader reader;
    private readonly TimeProvider time;
    private readonly SendQueues queues;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long lastFrame;
    private long lastPing;
    private long writeBegan;
    private string? ending;

    public Link(SslStream stream, FrameReader reader, LinkParty party, LinkLimits limits, TimeProvider time)
    {
        this.stream = stream;
        this.reader = reader;
        this.time = time;
        Party = party;
        queues = new SendQueues(limits.Queues);
        Began = lastFrame = lastPing = time.GetTimestamp();
    }

    public LinkParty Party { get; }

    public PeerId Peer => Party.Id;

    /// <summary>Timestamp of the end of the handshake.</summary>
    public long Began { get; }

    /// <summary>What the exchange of addresses remembers of this link.</summary>
    public Dialling.ExchangeState Exchange { get; } = new();

    /// <summary>Ends when the link has ended and everybody knows it.</summary>
    public Task Gone => gone.Task;

    /// <summary>Why it ended.</summary>
    public string Ending => Volatile.Read(ref ending) ?? "it was not begun";

    public PeerInfo Info => new(
        Peer,
        Party.Remote.ToString(),
        Party.ConsensusKey.IsZero ? ReadOnlyMemory<byte>.Empty : Party.ConsensusKey.ToArray(),
        Party.IsInbound)
    {
        Queued = queues.Counts(),
    };

    /// <summary>Puts a message into its queue; a peer that is too slow for its consensus is cut.</summary>
    public bool Send(byte lane, ReadOnlyMemory<byte> message)
    {
        var verdict = queues.Add(lane, message);
        if (verdict == QueueVerdict.TooSlow)
            Cut("it takes what it is sent too slowly");
        return verdict == QueueVerdict.Taken;
    }

    public void SendControl(ControlKind kind, ReadOnlySpan<byte> content = default) =>
        Send(Frame.Control, FrameWriter.Control(kind, content));

    /// <summary>Reads and writes until the link ends.</summary>
    /// <param name="take">Gets every frame; a <see cref="LinkFault"/> of it ends the link.</param>
    /// <exception cref="LinkFault">The peer broke the protocol.</exception>
    public async Task RunAsync(Action<Frame> take)
    {
        var writing = WriteAsync();
        try
        {
            while (await reader.ReadAsync(stop.Token) is { } frame)
            {
                Volatile.Write(ref lastFrame, time.GetTimestamp());
                take(frame);
            }

            Name("the peer ended it");
        }
        catch (Exception e) when (IsEnd(e))
        {
            Name(e.Message);
        }
        finally
        {
            await stop.CancelAsync();
            await writing;
        }
    }

    /// <summary>Ends it, from whatever thread.</summary>
    public void Cut(string why)
    {
        Name(why);
        stop.Cancel();
    }

    /// <summary>Pings, or cuts who is silent or takes nothing (F2, F3).</summary>
    public void Look(LinkLimits limits)
    {
        var silent = time.GetElapsedTime(Volatile.Read(ref lastFrame));
        var began = Volatile.Read(ref writeBegan);
        if (silent > limits.Silence)
        {
            Cut("no whole message came from it for too long");
        }
        else if (began != 0 && time.GetElapsedTime(began) > limits.WriteTime)
        {
            Cut("it takes nothing");
        }
        else if (silent > limits.PingAfter && time.GetElapsedTime(lastPing) > limits.PingAfter)
        {
            lastPing = time.GetTimestamp();
            SendControl(ControlKind.Ping);
        }
    }

    public void SetGone() => gone.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await stream.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        var writer = new FrameWriter(stream) { Progressed = () => Volatile.Write(ref writeBegan, time.GetTimestamp()) };
        try
        {
            while (true)
            {
                await queues.WaitAsync(stop.Token);
                Volatile.Write(ref writeBegan, time.GetTimestamp());
                while (queues.TryTake(out var frame))
                    await writer.WriteAsync(frame, stop.Token);
                await writer.FlushAsync(stop.Token);
                Volatile.Write(ref writeBegan, 0);
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            Cut(e.Message);
        }
    }

    // The first reason is the one: the others follow from it.
    private void Name(string why) => Interlocked.CompareExchange(ref ending, why, null);

    private static bool IsEnd(Exception e) =>
        e is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}

/// <summary>Who is at the other end.</summary>
/// <param name="Id">Its transport key, proven by TLS.</param>
/// <param name="Remote">Its address as this node sees it.</param>
/// <param name="ListenPort">Where it says that it listens; 0 if it does not.</param>
/// <param name="ConsensusKey">Proven by the handshake; zeros for none.</param>
/// <param name="IsInbound">True if it called us.</param>
internal sealed record LinkParty(
    PeerId Id, IPEndPoint Remote, ushort ListenPort, Hash256 ConsensusKey, bool IsInbound);
