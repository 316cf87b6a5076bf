using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Subscriptions;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Doors;

/// <summary>
/// One WebSocket connection. Requests are answered in order; events wait in a bounded queue. A client that does not
/// keep up, or takes nothing for the send timeout, is cut off: it delays nobody else.
/// </summary>
internal sealed class WebSocketSession : IChainListener, IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly WebSocket socket;
    private readonly RpcServer server;
    private readonly ChainFeed feed;
    private readonly NodeOptions options;
    private readonly TimeProvider time;
    private readonly SubscriptionSet subscriptions;
    private readonly Channel<object> events;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource cut = new();

    public WebSocketSession(
        WebSocket socket, RpcServer server, ChainFeed feed, NodeOptions options, TimeProvider time)
    {
        this.socket = socket;
        this.server = server;
        this.feed = feed;
        this.options = options;
        this.time = time;
        subscriptions = new SubscriptionSet(options.MaxSubscriptions);
        events = Channel.CreateBounded<object>(options.MaxBacklog);
    }

    public async Task RunAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cut.Token);
        feed.Add(this);
        try
        {
            var requests = AnswerRequestsAsync(either.Token);
            var notifications = SendEventsAsync(either.Token);
            await Task.WhenAny(requests, notifications).ConfigureAwait(false);
            await cut.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(requests, notifications).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The client went, fell behind, or the node stops: the same for the connection.
        }
        finally
        {
            feed.Remove(this);
            socket.Abort();
        }
    }

    public void OnBlock(BlockResult block)
    {
        if (subscriptions.WantsBlocks)
            Offer(block);
    }

    public void OnPending(Transaction transaction, Address sender)
    {
        if (subscriptions.WantsPending)
            Offer((transaction, sender));
    }

    public void Dispose()
    {
        cut.Dispose();
        sending.Dispose();
    }

    private void Offer(object happened)
    {
        if (events.Writer.TryWrite(happened))
            return;
        feed.Remove(this);
        events.Writer.TryComplete(new OperationCanceledException("The client fell behind."));
    }

    private async Task AnswerRequestsAsync(CancellationToken cancel)
    {
        var buffer = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            var received = await socket.ReceiveAsync(chunk.AsMemory(), cancel).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel).ConfigureAwait(false);
                return;
            }

            if (buffer.Length + received.Count > options.MaxBody)
            {
                await CloseAsync(
                    WebSocketCloseStatus.MessageTooBig, $"at most {options.MaxBody} bytes", cancel)
                        .ConfigureAwait(false);
                return;
            }

            buffer.Write(chunk, 0, received.Count);
            if (!received.EndOfMessage)
                continue;
            var answer = server.Answer(buffer.ToArray(), subscriptions);
            buffer.SetLength(0);
            if (!answer.IsEmpty)
                await SendAsync(answer, cancel).ConfigureAwait(false);
            subscriptions.Activate();
        }
    }

    private async Task SendEventsAsync(CancellationToken cancel)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            IEnumerable<JsonObject> messages = happened switch
            {
                BlockResult block => subscriptions.Messages(block),
                (Transaction transaction, Address sender) => subscriptions.Messages(transaction, sender),
                _ => [],
            };
            foreach (var message in messages)
                await SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), cancel).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(options.SendTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            await socket.SendAsync(message, WebSocketMessageType.Text, true, either.Token).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string? reason, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            using var late = new CancellationTokenSource(options.SendTimeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
            await socket.CloseOutputAsync(status, reason, either.Token).ConfigureAwait(false);
        }
        finally
        {
            sending.Release();
        }
    }
}
