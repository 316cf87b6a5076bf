using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Node.Tests.Running;

/// <summary>JSON-RPC over one WebSocket, one question after the other.</summary>
internal sealed class RpcSocket : IDisposable
{
    private RpcSocket(ClientWebSocket raw) => Raw = raw;

    /// <summary>For what is no JSON-RPC.</summary>
    public ClientWebSocket Raw { get; }

    public static async Task<RpcSocket> ConnectAsync(TestNode node) => new(await node.ConnectAsync());

    /// <summary>The id of a subscription.</summary>
    public async Task<string> SubscribeAsync(params JsonNode?[] what)
    {
        await SendAsync(TestNode.Request(0, "eth_subscribe", what));
        // What an earlier subscription says may come first: a test subscribes before anything happens.
        return (string)(await ReceiveAsync())["result"]!;
    }

    public Task SendAsync(JsonObject message) => Raw.SendAsync(
        Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>The next message; throws <see cref="WebSocketException"/> when the node closes.</summary>
    public async Task<JsonObject> ReceiveAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var whole = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await Raw.ReceiveAsync(buffer.AsMemory(), late.Token);
            if (received.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException("The node closed the connection.");
            whole.Write(buffer, 0, received.Count);
            if (received.EndOfMessage)
                return (JsonObject)JsonNode.Parse(whole.ToArray())!;
        }
    }

    public void Dispose() => Raw.Dispose();
}
