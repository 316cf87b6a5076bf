using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Services.Tests.Chain;

/// <summary>
/// A node of one validator in this process, on a real port and a real database: chain 7777, 10,000 AIT for each of the
/// first test accounts, and no block unless there is work.
/// </summary>
internal sealed class RealNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private RealNode(WebApplication app)
    {
        this.app = app;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single() + "/") };
        Client = new ChainClient(Http);
    }

    public HttpClient Http { get; }

    public Uri Url => Http.BaseAddress!;

    public ChainClient Client { get; }

    /// <param name="folder">Where its data are; the caller removes it.</param>
    /// <param name="time">The clock of its blocks.</param>
    /// <param name="funded">How many accounts have coins.</param>
    /// <param name="set">Further options.</param>
    public static async Task<RealNode> StartAsync(
        string folder, TimeProvider time, int funded = 4, Action<NodeOptions>? set = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(time);
        var options = new NodeOptions
        {
            DataDirectory = Path.Combine(folder, "node"),
            GenesisFile = Genesis(folder, funded),
            Miner = "0x00000000000000000000000000000000000000ff",
            Heartbeat = TimeSpan.FromHours(1),
        };
        set?.Invoke(options);
        builder.Services.AddNode(options);
        var app = builder.Build();
        app.MapNode();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new RealNode(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private static string Genesis(string folder, int funded)
    {
        var file = Path.Combine(folder, "genesis.json");
        var alloc = new JsonObject();
        for (var i = 0; i < funded; i++)
            alloc[TestAccounts.Key(i).Address.ToString()] = "10000000000000000000000";
        File.WriteAllText(file, new JsonObject
        {
            ["network"] = "ait-devnet",
            ["chainId"] = 7777,
            ["timestamp"] = 1_790_000_000,
            ["gasLimit"] = 300_000_000,
            ["baseFee"] = "1000000000",
            ["alloc"] = alloc,
        }.ToJsonString());
        return file;
    }
}
