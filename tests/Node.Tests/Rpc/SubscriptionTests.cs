using System.Net.WebSockets;
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
        using var socket = await RpcSocket.ConnectAsync(Node);
        var heads = await socket.SubscribeAsync("newHeads");
        var pending = await socket.SubscribeAsync("newPendingTransactions");
        var hash = await TransferAsync(0);
        var first = await socket.ReceiveAsync();
        Assert.Equal("eth_subscription", (string)first["method"]!);
        Assert.Equal(pending, (string)first["params"]!["subscription"]!);
        Assert.Equal(hash, (string)first["params"]!["result"]!);
        var second = await socket.ReceiveAsync();
        Assert.Equal(heads, (string)second["params"]!["subscription"]!);
        Assert.Equal("0x1", (string)second["params"]!["result"]!["number"]!);
        await socket.SendAsync(TestNode.Request(2, "eth_unsubscribe", heads));
        Assert.True((bool)(await socket.ReceiveAsync())["result"]!);
    }

    [Fact]
    public async Task The_same_methods_answer_over_the_socket()
    {
        using var socket = await RpcSocket.ConnectAsync(Node);
        await socket.SendAsync(TestNode.Request(0, "eth_chainId"));
        var answer = await socket.ReceiveAsync();
        Assert.Equal("0x1e61", (string)answer["result"]!);
        Assert.Equal(0, (int)answer["id"]!);
    }

    [Fact]
    public async Task A_subscriber_that_never_reads_is_cut_off_and_delays_nobody()
    {
        using var stalled = await RpcSocket.ConnectAsync(Node);
        for (var i = 0; i < 100; i++)
            await stalled.SubscribeAsync("newHeads");
        using var reader = await RpcSocket.ConnectAsync(Node);
        await reader.SubscribeAsync("newHeads");
        const ulong blocks = 300;
        for (var nonce = 0UL; nonce < blocks; nonce++)
        {
            await TransferAsync(nonce);
            var head = (await reader.ReceiveAsync())["params"]!["result"]!;
            Assert.Equal(nonce + 1, Convert.ToUInt64((string)head["number"]!, 16));
        }

        Assert.Equal(blocks, await Node.HeightAsync());
        var received = 0;
        await Assert.ThrowsAnyAsync<WebSocketException>(async () =>
        {
            while (true)
            {
                await stalled.ReceiveAsync();
                received++;
            }
        });
        Assert.InRange(received, 0, (int)blocks * 100 - 1);
    }

    [Fact]
    public async Task Subscriptions_and_messages_are_bounded()
    {
        using var socket = await RpcSocket.ConnectAsync(Node);
        for (var i = 0; i < 100; i++)
            await socket.SubscribeAsync("logs");
        await socket.SendAsync(TestNode.Request(100, "eth_subscribe", "newHeads"));
        Assert.Equal(-32005, (int)(await socket.ReceiveAsync())["error"]!["code"]!);
        await socket.Raw.SendAsync(new byte[70_000], WebSocketMessageType.Text, true, Never);
        var buffer = new byte[1024];
        var received = await socket.Raw.ReceiveAsync(buffer, Never);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, socket.Raw.CloseStatus);
    }
}
