using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

public sealed class SubscriptionTests : NodeTest
{
    private static readonly CancellationToken Never = CancellationToken.None;

    protected override void Configure(NodeOptions options)
    {
        options.MaxBacklog = 8;
        options.MaxSubscriptions = 100;
        options.MaxBody = 64 * 1024;
    }

    [Fact]
    public async Task A_subscriber_hears_of_heads_and_transactions_after_the_answer_with_its_id()
    {
        using var socket = await Node.ConnectAsync();
        var heads = await SubscribeAsync(socket, 0, "newHeads");
        var pending = await SubscribeAsync(socket, 1, "newPendingTransactions");
        var hash = await TransferAsync(0);
        var first = await ReceiveAsync(socket);
        Assert.Equal("eth_subscription", (string)first["method"]!);
        Assert.Equal(pending, (string)first["params"]!["subscription"]!);
        Assert.Equal(hash, (string)first["params"]!["result"]!);
        var second = await ReceiveAsync(socket);
        Assert.Equal(heads, (string)second["params"]!["subscription"]!);
        Assert.Equal("0x1", (string)second["params"]!["result"]!["number"]!);
        await SendAsync(socket, TestNode.Request(2, "eth_unsubscribe", heads));
        Assert.True((bool)(await ReceiveAsync(socket))["result"]!);
    }

    [Fact]
    public async Task The_same_methods_answer_over_the_socket()
    {
        using var socket = await Node.ConnectAsync();
        await SendAsync(socket, TestNode.Request(0, "eth_chainId"));
        var answer = await ReceiveAsync(socket);
        Assert.Equal("0x1e61", (string)answer["result"]!);
        Assert.Equal(0, (int)answer["id"]!);
    }

    [Fact]
    public async Task A_subscriber_that_never_reads_is_cut_off_and_delays_nobody()
    {
        using var stalled = await Node.ConnectAsync();
        for (var i = 0; i < 100; i++)
            await SubscribeAsync(stalled, i, "newHeads");
        using var reader = await Node.ConnectAsync();
        await SubscribeAsync(reader, 0, "newHeads");
        const ulong blocks = 300;
        for (var nonce = 0UL; nonce < blocks; nonce++)
        {
            await TransferAsync(nonce);
            Assert.Equal(
                nonce + 1, Convert.ToUInt64((string)(await ReceiveAsync(reader))["params"]!["result"]!["number"]!, 16));
        }

        Assert.Equal(blocks, await Node.HeightAsync());
        var received = 0;
        await Assert.ThrowsAnyAsync<WebSocketException>(async () =>
        {
            while (true)
            {
                await ReceiveAsync(stalled);
                received++;
            }
        });
        Assert.InRange(received, 0, (int)blocks * 100 - 1);
    }

    [Fact]
    public async Task Subscriptions_and_messages_are_bounded()
    {
        using var socket = await Node.ConnectAsync();
        for (var i = 0; i < 100; i++)
            await SubscribeAsync(socket, i, "logs");
        await SendAsync(socket, TestNode.Request(100, "eth_subscribe", "newHeads"));
        Assert.Equal(-32005, (int)(await ReceiveAsync(socket))["error"]!["code"]!);
        await socket.SendAsync(new byte[70_000], WebSocketMessageType.Text, true, Never);
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, Never);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.CloseStatus);
    }

    private static async Task<string> SubscribeAsync(ClientWebSocket socket, int id, string what)
    {
        await SendAsync(socket, TestNode.Request(id, "eth_subscribe", what));
        return (string)(await ReceiveAsync(socket))["result"]!;
    }

    private static Task SendAsync(ClientWebSocket socket, JsonObject message) => socket.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, Never);

    private static async Task<JsonObject> ReceiveAsync(ClientWebSocket socket)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), late.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException("The node closed the connection.");
            whole.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return (JsonObject)JsonNode.Parse(whole.ToArray())!;
        }
    }
}
