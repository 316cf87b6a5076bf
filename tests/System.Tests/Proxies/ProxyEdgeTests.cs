using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Tests.Processes;
using System.Text;
using Aitbc.Cli.Proxy;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace System.Tests.Proxies;

/// <summary>
/// What a proxy does with clients that leave, paths that lie and more than it takes; nothing here is paid.
/// </summary>
public sealed class ProxyEdgeTests
{
    private static readonly string Key = new('a', 64);

    [Fact]
    public async Task A_client_that_leaves_in_a_stream_stops_the_answer_at_its_provider()
    {
        using var server = new EndlessServer();
        await using var running = RunningProxy.Start(server.Url);
        using (var http = Client(running))
        using (var answer = await http.GetAsync(
            "v1/anything", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
            Assert.True(await stream.ReadAsync(new byte[64], TestContext.Current.CancellationToken) > 0);
        }

        var (method, path, provider) = await server.Stopped.WaitAsync(
            TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(("DELETE", "/v1/streams/an%2Fid", "0xabc"), (method, path, provider));
    }

    [Theory]
    [InlineData("text/event-stream", "v1/anything", "\n\ndata: {\"error\":{\"message\":")]
    [InlineData("application/x-ndjson", "api/chat", "\n{\"error\":\"")]
    public async Task A_proxy_that_is_stopped_stops_what_it_passes_on_and_says_in_the_stream_that_it_is_not_whole(
        string type, string path, string end)
    {
        using var server = new EndlessServer(type);
        var running = RunningProxy.Start(server.Url);
        using var http = Client(running);
        using var answer = await http.GetAsync(
            path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var read = answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        await running.DisposeAsync();
        await server.Stopped.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var text = (await read).TrimStart('\0');
        Assert.StartsWith(end, text, StringComparison.Ordinal);
        Assert.Contains("stops", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("//evil.example/v1/models")]
    [InlineData("/v1/../../models")]
    [InlineData("/v1/models?x=http://evil.example")]
    public async Task Whatever_the_path_says_only_the_server_is_asked_and_never_with_the_key(string target)
    {
        using var server = new EndlessServer();
        await using var running = RunningProxy.Start(server.Url);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, running.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{running.Port}\r\nAuthorization: Bearer {Key}\r\n\r\n"),
            TestContext.Current.CancellationToken);
        Assert.True(await stream.ReadAsync(new byte[16], TestContext.Current.CancellationToken) > 0);
        var (_, _, authorization) = Assert.Single(server.Asked);
        Assert.Null(authorization);
    }

    [Fact]
    public async Task A_port_in_use_is_said_and_so_is_a_body_that_is_too_long()
    {
        using var server = new EndlessServer();
        await using var running = RunningProxy.Start(server.Url);
        var failure = Assert.Throws<CliFailure>(() => PayingProxy.Start(running.Port, Plan(server.Url)));
        Assert.Equal("port_in_use", failure.Code);

        using var http = Client(running);
        using var content = new ByteArrayContent(new byte[ProxyExchange.MostBytes + 1]);
        using var refused = await http.PostAsync("v1/chat/completions", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Empty(server.Asked);
    }

    private static HttpClient Client(RunningProxy running) => new()
    {
        BaseAddress = new Uri($"http://127.0.0.1:{running.Port}"),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) },
    };

    private static ProxyPlan Plan(Uri server) => new()
    {
        Server = server,
        Wallet = token => new WalletClient(new HttpClient(), token).Payments,
        Most = UInt256.One,
        Tell = _ => { },
    };

    private sealed class RunningProxy : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();
        private readonly PayingProxy proxy;
        private readonly Task serving;

        private RunningProxy(int port, Uri server)
        {
            Port = port;
            proxy = PayingProxy.Start(port, Plan(server));
            serving = proxy.RunAsync(stopping.Token);
        }

        public int Port { get; }

        public static RunningProxy Start(Uri server) => new(Ports.Free(), server);

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await serving;
            await proxy.DisposeAsync();
            stopping.Dispose();
        }
    }

    /// <summary>Gives an answer that never ends, until it is told to stop it.</summary>
    private sealed class EndlessServer : IDisposable
    {
        private readonly string? type;
        private readonly HttpListener listener = new();
        private readonly TaskCompletionSource<(string, string, string?)> stopped =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndlessServer(string? type = null)
        {
            this.type = type;
            Url = new Uri($"http://127.0.0.1:{Ports.Free()}");
            listener.Prefixes.Add(Url.ToString());
            listener.Start();
            _ = ServeAsync();
        }

        public Uri Url { get; }

        public ConcurrentBag<(string Method, string Path, string? Authorization)> Asked { get; } = [];

        public Task<(string Method, string Path, string? Provider)> Stopped => stopped.Task;

        public void Dispose()
        {
            stopped.TrySetCanceled();
            listener.Close();
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                    _ = AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException
                or InvalidOperationException)
            {
                // It was closed.
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            var request = context.Request;
            Asked.Add((request.HttpMethod, request.RawUrl!, request.Headers["Authorization"]));
            if (request.HttpMethod == "DELETE")
            {
                stopped.TrySetResult((request.HttpMethod, request.RawUrl!, request.Headers["X-Aitbc-Provider"]));
                context.Response.Close();
                return;
            }

            try
            {
                context.Response.Headers["X-Aitbc-Answer"] = "an/id";
                context.Response.Headers["X-Aitbc-Provider"] = "0xabc";
                context.Response.ContentType = type;
                context.Response.SendChunked = true;
                var piece = new byte[1024];
                while (!stopped.Task.IsCompleted)
                {
                    await context.Response.OutputStream.WriteAsync(piece);
                    await context.Response.OutputStream.FlushAsync();
                }
            }
            catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
            {
                // Who asked has gone.
            }
        }
    }
}
