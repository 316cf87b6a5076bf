using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Node.Tests.Running;

/// <summary>The node role on real RocksDB and a real socket of the loopback interface.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http;

    private TestNode(WebApplication app, NodeOptions options)
    {
        this.app = app;
        Options = options;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Url = new Uri(address.Addresses.Single());
        http = new HttpClient { BaseAddress = Url };
    }

    public Uri Url { get; }

    public NodeOptions Options { get; }

    /// <summary>A part of the node that runs.</summary>
    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static NodeOptions OptionsIn(string folder, ulong chainId = 7777)
    {
        Directory.CreateDirectory(folder);
        var genesis = Path.Combine(folder, $"genesis-{chainId}.json");
        var alloc = new JsonObject();
        for (var i = 0; i < 3; i++)
            alloc[TestAccounts.Key(i).Address.ToString()] = "10000000000000000000000";
        File.WriteAllText(genesis, new JsonObject
        {
            ["network"] = "ait-devnet",
            ["chainId"] = chainId,
            ["timestamp"] = 1_790_000_000,
            ["gasLimit"] = 300_000_000,
            ["baseFee"] = "1000000000",
            ["alloc"] = alloc,
        }.ToJsonString());
        return new NodeOptions
        {
            DataDirectory = Path.Combine(folder, "node"),
            GenesisFile = genesis,
            Miner = "0x00000000000000000000000000000000000000ff",
            // No block is made unless there is work: heights are what the test makes them.
            Heartbeat = TimeSpan.FromHours(1),
        };
    }

    public static async Task<TestNode> StartAsync(
        NodeOptions options, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        configure?.Invoke(builder.Services);
        builder.Services.AddNode(options);
        var app = builder.Build();
        try
        {
            app.MapNode();
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new TestNode(app, options);
    }

    /// <summary>The whole answer.</summary>
    public async Task<JsonObject> AnswerAsync(string method, params JsonNode?[] parameters) =>
        (JsonObject)(await PostAsync(Request(1, method, parameters).ToJsonString()))!;

    /// <summary>The result; fails with the error's text.</summary>
    public async Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters)
    {
        var answer = await AnswerAsync(method, parameters);
        return answer.ContainsKey("error")
            ? throw new InvalidOperationException($"{method}: {answer["error"]!.ToJsonString()}")
            : answer["result"];
    }

    public async Task<JsonNode?> PostAsync(string body)
    {
        using var response = await SendAsync(body);
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public Task<HttpResponseMessage> SendAsync(string body, string? host = null, string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return http.SendAsync(request);
    }

    public Task<JsonNode?> SendRawAsync(byte[] raw) =>
        CallAsync("eth_sendRawTransaction", "0x" + Convert.ToHexStringLower(raw));

    /// <summary>Waits until a transaction is final.</summary>
    public async Task<JsonObject> ReceiptAsync(string hash)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (await CallAsync("eth_getTransactionReceipt", hash) is JsonObject receipt)
                return receipt;
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async Task<UInt256> BalanceAsync(Address account) =>
        UInt256.Parse((string)(await CallAsync("eth_getBalance", account.ToString(), "latest"))!);

    public async Task<ulong> HeightAsync() => Convert.ToUInt64((string)(await CallAsync("eth_blockNumber"))!, 16);

    public async Task<ClientWebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(Url) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }

    public static JsonObject Request(int id, string method, params JsonNode?[] parameters) => new()
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id,
        ["method"] = method,
        ["params"] = new JsonArray(parameters),
    };

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
