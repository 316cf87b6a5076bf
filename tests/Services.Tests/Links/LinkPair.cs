using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Aitbc.Sdk.Link;
using Xunit;

namespace Services.Tests.Links;

/// <summary>Both ends of a link over a real socket.</summary>
internal sealed class LinkPair : IAsyncDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly CancellationTokenSource over = new();

    public LinkConnection Asking { get; private set; } = null!;

    /// <summary>The provider's socket, for a test that speaks the protocol itself.</summary>
    public WebSocket Far { get; private set; } = null!;

    public Task<string> AskingEnd { get; private set; } = null!;

    public Task<string>? AnsweringEnd { get; private set; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="serve">What the provider does; null = the test speaks itself.</param>
    /// <param name="time">The clock of both.</param>
    public static async Task<LinkPair> StartAsync(Func<LinkStream, Task>? serve, TimeProvider? time = null)
    {
        var pair = new LinkPair();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient { NoDelay = true };
        var accepting = listener.AcceptTcpClientAsync(Cancel);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancel);
        var server = await accepting;
        server.NoDelay = true;
        var near = WebSocket.CreateFromStream(server.GetStream(), new WebSocketCreationOptions { IsServer = true });
        pair.Far = WebSocket.CreateFromStream(client.GetStream(), new WebSocketCreationOptions());
        pair.owned.AddRange([client, server, near, pair.Far]);
        pair.Asking = new LinkConnection(near, null, time ?? TimeProvider.System);
        pair.AskingEnd = pair.Asking.RunAsync(pair.over.Token);
        if (serve is not null)
            pair.AnsweringEnd = new LinkConnection(pair.Far, serve, time ?? TimeProvider.System)
            {
                Load = () => new LinkLoad(0, 2),
            }.RunAsync(pair.over.Token);
        return pair;
    }

    public static LinkRequest Request(string path = "/v1/models", params (string Name, string Value)[] headers) =>
        new("POST", path, headers.ToDictionary(h => h.Name, h => h.Value));

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await AskingEnd;
        if (AnsweringEnd is not null)
            await AnsweringEnd;
        foreach (var one in owned)
            one.Dispose();
        over.Dispose();
    }
}
