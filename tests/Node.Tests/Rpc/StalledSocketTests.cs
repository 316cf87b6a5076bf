using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Doors;
using Aitbc.Node.Rpc.Limits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>A client that takes nothing is cut off when the send timeout has passed, and not before.</summary>
public sealed class StalledSocketTests : NodeTest
{
    [Fact]
    public async Task A_client_that_takes_nothing_for_the_send_timeout_is_cut_off()
    {
        var options = TestNode.OptionsIn(Path.Combine(Folder, "quiet"));
        await using var quiet = new QuietNode(options);
        var time = new FakeTimeProvider();
        using var socket = new StalledSocket("{\"id\":1,\"method\":\"eth_chainId\"}");
        using var session = new WebSocketSession(
            socket,
            quiet.Parts.GetRequiredService<RpcServer>(),
            quiet.Parts.GetRequiredService<ChainFeed>(),
            quiet.Parts.GetRequiredService<BlockReader>(),
            quiet.Parts.GetRequiredService<ClientBudgets>().Of(null),
            options,
            time);
        var running = session.RunAsync(CancellationToken.None);
        await socket.Sending;
        time.Advance(options.SendTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(running.IsCompleted);
        Assert.Equal(WebSocketState.Open, socket.State);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await running.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(WebSocketState.Aborted, socket.State);
    }

    /// <summary>Sends one request, and takes none of the answer.</summary>
    private sealed class StalledSocket(string request) : WebSocket
    {
        private readonly Channel<byte[]> requests = Filled(Encoding.UTF8.GetBytes(request));
        private readonly TaskCompletionSource sending = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private WebSocketState state = WebSocketState.Open;

        public Task Sending => sending.Task;

        public override WebSocketCloseStatus? CloseStatus => null;

        public override string? CloseStatusDescription => null;

        public override WebSocketState State => state;

        public override string? SubProtocol => null;

        public override void Abort() => state = WebSocketState.Aborted;

        public override Task CloseAsync(WebSocketCloseStatus status, string? text, CancellationToken cancel) =>
            Task.CompletedTask;

        public override Task CloseOutputAsync(WebSocketCloseStatus status, string? text, CancellationToken cancel) =>
            Task.CompletedTask;

        public override void Dispose() => Abort();

        public override async Task<WebSocketReceiveResult> ReceiveAsync(
            ArraySegment<byte> buffer, CancellationToken cancel)
        {
            var next = await requests.Reader.ReadAsync(cancel);
            next.CopyTo(buffer.AsSpan());
            return new WebSocketReceiveResult(next.Length, WebSocketMessageType.Text, endOfMessage: true);
        }

        public override Task SendAsync(
            ArraySegment<byte> buffer, WebSocketMessageType type, bool endOfMessage, CancellationToken cancel)
        {
            sending.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancel);
        }

        private static Channel<byte[]> Filled(byte[] message)
        {
            var channel = Channel.CreateUnbounded<byte[]>();
            channel.Writer.TryWrite(message);
            return channel;
        }
    }
}
