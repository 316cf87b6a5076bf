using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Aitbc.Sdk.Link;

/// <summary>
/// Many requests at once over one WebSocket (specs/market/link.md). The coordinator opens streams, the provider answers
/// them. Whatever the other side sends is hostile: a frame that breaks the protocol ends the link, never the process.
/// </summary>
[SuppressMessage(
    "Reliability", "CA1001", Justification = "The semaphore's wait handle is never asked for: nothing to dispose.")]
public sealed class LinkConnection
{
    private readonly WebSocket socket;
    private readonly Func<LinkStream, Task>? serve;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<uint, LinkStream> streams = new();
    private readonly SemaphoreSlim room = new(LinkLimits.MostQueuedData);
    private readonly Channel<(byte[] Frame, bool IsData)> outgoing =
        Channel.CreateUnbounded<(byte[], bool)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly CancellationTokenSource over = new();
    private int queued;
    private uint last;
    private long heardAt;

    /// <summary>Makes a link over an open socket, which the caller keeps; nothing flows before <see
    /// cref="RunAsync"/>.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="serve">The provider's side: answers a stream; null on the coordinator's side.</param>
    /// <param name="time">Clock of beats and silence.</param>
    public LinkConnection(WebSocket socket, Func<LinkStream, Task>? serve, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(time);
        (this.socket, this.serve, this.time) = (socket, serve, time);
        heardAt = time.GetTimestamp();
    }

    /// <summary>The coordinator's side: called with each load that the provider states, one after the other.</summary>
    public Func<LinkLoad, Task>? OnLoad { get; init; }

    /// <summary>The provider's side: how busy it is, asked at each beat.</summary>
    public Func<LinkLoad>? Load { get; init; }

    /// <summary>Streams under way.</summary>
    public int Open => streams.Count;

    /// <summary>Ends when the link has ended.</summary>
    public CancellationToken Ended => over.Token;

    /// <summary>Runs the link to its end; why it ended, as a sentence. The other side makes it throw nothing.</summary>
    /// <param name="cancel">Ends the link.</param>
    public async Task<string> RunAsync(CancellationToken cancel)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, over.Token);
        var writing = WriteAsync(ending.Token);
        var beating = BeatAsync(ending.Token);
        var why = "The link ended.";
        try
        {
            why = await ReadAsync(ending.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            why = cancel.IsCancellationRequested ? "This side ended the link." : "The connection was lost.";
        }
        finally
        {
            End();
            foreach (var stream in streams.Values)
                stream.Fail(new LinkLostException(why));
            await Task.WhenAll(writing, beating).ConfigureAwait(false);
            socket.Abort();
        }

        return why;
    }

    /// <summary>Completes when no stream is open and nothing waits for the socket.</summary>
    public async Task WhenQuietAsync()
    {
        while ((!streams.IsEmpty || Volatile.Read(ref queued) > 0) && !over.IsCancellationRequested)
            await Task.Delay(TimeSpan.FromMilliseconds(10), time).ConfigureAwait(false);
    }

    /// <summary>Ends the link and every stream on it.</summary>
    public void End() => over.Cancel();

    /// <summary>The coordinator's side: asks the provider something. Its body follows by <see
    /// cref="LinkStream.WriteAsync"/> and <see cref="LinkStream.Complete"/>.</summary>
    /// <param name="request">The head; headers that may not cross are left out.</param>
    /// <remarks>Throws <see cref="LinkEndedException"/> if the link has no room for another stream, <see
    /// cref="LinkLostException"/> if it has ended.</remarks>
    public LinkStream Ask(LinkRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (streams.Count >= LinkLimits.MostStreams)
            throw new LinkEndedException(LinkEndedException.Refused);
        var head = request with
        {
            Headers = Only(request.Headers, LinkHeaders.MayAsk),
        };
        var stream = new LinkStream(this, Interlocked.Increment(ref last), head);
        streams[stream.Number] = stream;
        if (over.IsCancellationRequested)
        {
            var lost = new LinkLostException("The link has ended.");
            stream.Fail(lost);
            throw lost;
        }

        Head(LinkFrameKind.Request, stream.Number, head, LinkJson.Default.LinkRequest);
        return stream;
    }

    internal ValueTask RespondAsync(LinkStream stream, LinkResponse head)
    {
        Head(
            LinkFrameKind.Response,
            stream.Number,
            head with { Headers = Only(head.Headers, LinkHeaders.MayAnswer) },
            LinkJson.Default.LinkResponse);
        return ValueTask.CompletedTask;
    }

    internal void Send(LinkFrameKind kind, uint stream) => Queue(LinkFrame.Write(kind, stream, default), false);

    internal void SendCredit(uint stream, int bytes) => Queue(LinkFrame.Credit(stream, bytes), false);

    internal void SendReset(uint stream, string code) => Queue(
        LinkFrame.Write(LinkFrameKind.Reset, stream, Encoding.ASCII.GetBytes(code)), false);

    internal async ValueTask SendDataAsync(uint stream, ReadOnlyMemory<byte> data, CancellationToken cancel)
    {
        // Who sends much waits for the socket; what keeps the link alive does not wait behind it.
        await room.WaitAsync(cancel).ConfigureAwait(false);
        Queue(LinkFrame.Write(LinkFrameKind.Data, stream, data.Span), true);
    }

    internal void Forget(uint stream) => streams.TryRemove(stream, out _);

    private void Head<T>(LinkFrameKind kind, uint stream, T head, JsonTypeInfo<T> type) =>
        Queue(LinkFrame.Write(kind, stream, JsonSerializer.SerializeToUtf8Bytes(head, type)), false);

    private void Queue(byte[] frame, bool isData)
    {
        if (Interlocked.Increment(ref queued) > LinkLimits.MostQueued)
            End();
        outgoing.Writer.TryWrite((frame, isData));
    }

    private async Task WriteAsync(CancellationToken ending)
    {
        try
        {
            while (await outgoing.Reader.WaitToReadAsync(ending).ConfigureAwait(false))
            {
                while (outgoing.Reader.TryRead(out var next))
                {
                    await socket.SendAsync(next.Frame, WebSocketMessageType.Binary, true, ending)
                        .ConfigureAwait(false);
                    Interlocked.Decrement(ref queued);
                    if (next.IsData)
                        room.Release();
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException
            or ObjectDisposedException)
        {
            End();
            room.Release(LinkLimits.MostStreams); // who waits learns from its stream that there is no link
        }
    }

    private async Task BeatAsync(CancellationToken ending)
    {
        using var timer = new PeriodicTimer(LinkLimits.Beat, time);
        try
        {
            do
            {
                if (time.GetElapsedTime(Volatile.Read(ref heardAt)) > LinkLimits.Silence)
                {
                    End();
                    return;
                }

                if (Load is not null)
                    Head(LinkFrameKind.Load, 0, Load(), LinkJson.Default.LinkLoad);
            }
            while (await timer.WaitForNextTickAsync(ending).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The link ended.
        }
    }

    private async Task<string> ReadAsync(CancellationToken ending)
    {
        var buffer = new byte[LinkLimits.MostDataBytes + LinkLimits.HeaderBytes];
        while (true)
        {
            var message = buffer;
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == message.Length)
                {
                    if (length > LinkLimits.MostHeadBytes)
                        return "The other side sent a frame that is too long.";
                    // Only heads are so long; the larger buffer is given up after them.
                    Array.Resize(ref message, Math.Min(length * 2, LinkLimits.MostHeadBytes + LinkLimits.HeaderBytes));
                }

                part = await socket.ReceiveAsync(message.AsMemory(length), ending).ConfigureAwait(false);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Volatile.Write(ref heardAt, time.GetTimestamp());
            if (part.MessageType == WebSocketMessageType.Close)
                return "The other side closed the link.";
            if (part.MessageType != WebSocketMessageType.Binary
                || LinkFrame.Read(message.AsMemory(0, length)) is not { } frame
                || !await TakeAsync(frame.Kind, frame.Stream, frame.Payload).ConfigureAwait(false))
                return "The other side broke the protocol.";
        }
    }

    private async ValueTask<bool> TakeAsync(LinkFrameKind kind, uint number, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case LinkFrameKind.Load:
                return await LoadedAsync(payload).ConfigureAwait(false);
            case LinkFrameKind.Beat:
                return serve is not null;
            case LinkFrameKind.Request:
                return Begin(number, payload.Span);
        }

        // A stream that has just ended here is still alive for the other side.
        if (!streams.TryGetValue(number, out var stream))
            return number <= Volatile.Read(ref last);
        switch (kind)
        {
            case LinkFrameKind.Response when serve is null
                && Parse(payload.Span, LinkJson.Default.LinkResponse) is { Status: >= 200 and <= 599 } head:
                stream.Answer(head with { Headers = Only(head.Headers, LinkHeaders.MayAnswer) });
                return true;
            case LinkFrameKind.Data:
                return stream.Take(payload.Span, serve is null ? long.MaxValue : LinkLimits.MostBodyBytes);
            case LinkFrameKind.End:
                stream.HeardEnd();
                return true;
            case LinkFrameKind.Reset:
                stream.Fail(new LinkEndedException(Code(payload.Span)));
                return true;
            case LinkFrameKind.Credit:
                return stream.AddCredit(System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(payload.Span));
            default:
                return false;
        }
    }

    private async ValueTask<bool> LoadedAsync(ReadOnlyMemory<byte> payload)
    {
        if (serve is not null
            || Parse(payload.Span, LinkJson.Default.LinkLoad) is not
            { Running: >= 0, Capacity: >= 0 and <= 10_000 } load)
            return false;
        Send(LinkFrameKind.Beat, 0);
        if (OnLoad is not null)
            await OnLoad(load).ConfigureAwait(false);
        return true;
    }

    private bool Begin(uint number, ReadOnlySpan<byte> payload)
    {
        // Numbers only grow, so that no late frame is taken for one of another stream.
        if (serve is null || number <= last || Parse(payload, LinkJson.Default.LinkRequest) is not { } head)
            return false;
        Volatile.Write(ref last, number);
        if (streams.Count >= LinkLimits.MostStreams)
        {
            SendReset(number, LinkEndedException.Refused);
            return true;
        }

        var stream = new LinkStream(this, number, head with { Headers = Only(head.Headers, LinkHeaders.MayAsk) });
        streams[number] = stream;
        _ = Task.Run(() => serve(stream));
        return true;
    }

    private static T? Parse<T>(ReadOnlySpan<byte> payload, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(payload, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Code(ReadOnlySpan<byte> payload)
    {
        foreach (var letter in payload)
        {
            if (letter is not ((>= (byte)'a' and <= (byte)'z') or (byte)'_'))
                return LinkEndedException.Failed;
        }

        return payload.Length == 0 ? LinkEndedException.Failed : Encoding.ASCII.GetString(payload);
    }

    private static Dictionary<string, string> Only(
        IReadOnlyDictionary<string, string> headers, Func<string, string, bool> may)
    {
        var kept = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in headers)
        {
            if (value is not null && may(name, value))
                kept[name] = value;
        }

        return kept;
    }
}
