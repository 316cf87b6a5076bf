using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
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
    private const int ChunkBytes = 4 * 1024;
    private const int LargestKept = 64 * 1024;

    private readonly WebSocket socket;
    private readonly RpcServer server;
    private readonly ChainFeed feed;
    private readonly BlockReader blocks;
    private readonly ClientBudget budget;
    private readonly NodeOptions options;
    private readonly TimeProvider time;
    private readonly SubscriptionSet subscriptions;
    private readonly Channel<object> events;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource cut = new();

    public WebSocketSession(
        WebSocket socket, RpcServer server, ChainFeed feed, BlockReader blocks, ClientBudget budget,
        NodeOptions options, TimeProvider time)
    {
        this.socket = socket;
        this.server = server;
        this.feed = feed;
        this.blocks = blocks;
        this.budget = budget;
        this.options = options;
        this.time = time;
        subscriptions = new SubscriptionSet(options);
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
            Offer(block.Block.Header.Number);
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
        var message = new ArrayBufferWriter<byte>();
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(ChunkBytes), cancel).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancel).ConfigureAwait(false);
                return;
            }

            message.Advance(received.Count);
            if (message.WrittenCount > options.MaxBody)
            {
                await CloseAsync(
                    WebSocketCloseStatus.MessageTooBig, $"at most {options.MaxBody} bytes", cancel)
                        .ConfigureAwait(false);
                return;
            }

            if (!received.EndOfMessage)
                continue;
            await AnswerAsync(message.WrittenMemory, cancel).ConfigureAwait(false);
            // A large message must not occupy its memory as long as the connection is open.
            if (message.Capacity > LargestKept)
                message = new ArrayBufferWriter<byte>();
            else
                message.ResetWrittenCount();
        }
    }

    private async Task AnswerAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        using var answer = new Answer(options.MaxResponse);
        var caller = new RpcCaller(budget, subscriptions);
        await server.AnswerAsync(new ReadOnlySequence<byte>(request), caller, answer, cancel).ConfigureAwait(false);
        // Whoever has the answer with an id hears of everything after it, and of nothing before.
        await SendAsync(answer.Written, subscriptions.Activate, cancel).ConfigureAwait(false);
    }

    private async Task SendEventsAsync(CancellationToken cancel)
    {
        using var answer = new Answer(options.MaxResponse);
        await foreach (var happened in events.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
        {
            var messages = happened switch
            {
                ulong height => subscriptions.Messages(blocks.At(height)!),
                (Transaction transaction, Address sender) => subscriptions.Messages(transaction, sender),
                _ => [],
            };
            foreach (var (id, write) in messages)
            {
                answer.TakeBack(0);
                Write(answer, id, write);
                await SendAsync(answer.Written, null, cancel).ConfigureAwait(false);
            }
        }
    }

    private static void Write(Answer answer, string id, SubscriptionSet.WriteEvent write)
    {
        var json = answer.BeginMessage();
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WriteString("method"u8, "eth_subscription"u8);
        json.WriteStartObject("params"u8);
        json.WriteString("subscription"u8, id);
        json.WritePropertyName("result"u8);
        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
    }

    private async Task SendAsync(ReadOnlyMemory<byte> message, Action? first, CancellationToken cancel)
    {
        await sending.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            first?.Invoke();
            if (message.IsEmpty)
                return;
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
