using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Network;
using Testing;

namespace System.Tests.Coordinators;

/// <summary>
/// A node and a wallet, three coordinators on one PostgreSQL behind a load balancer, and a provider that knows only the
/// balancer: every one a process.
/// </summary>
internal sealed class SharedMarket : IAsyncDisposable
{
    private const int Many = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TestNetwork network;
    private readonly Dictionary<string, Process> processes = [];
    private readonly List<Uri> urls = [];
    private readonly string folder;
    private Balancer balancer = null!;

    private SharedMarket(TestNetwork network, string folder) => (this.network, this.folder) = (network, folder);

    public Session Session { get; private set; } = null!;

    public Uri Provider { get; private set; } = null!;

    /// <summary>Where each coordinator listens, past the balancer.</summary>
    public IReadOnlyList<Uri> Coordinators => urls;

    public static async Task<SharedMarket> StartAsync(string folder, PostgreSqlCluster cluster)
    {
        var network = await TestNetwork.StartAsync(Path.Combine(folder, "net"), "--roles", "node,wallet");
        var market = new SharedMarket(network, folder);
        for (var i = 0; i < Many; i++)
            market.urls.Add(FreeUrl());
        // The first makes the tables; all three could.
        await Task.WhenAll(Enumerable.Range(0, Many).Select(i => market.RunAsync(
            "coordinator",
            market.urls[i],
            Name(i),
            new JsonObject { ["postgreSql"] = cluster.Connection("postgres"), ["settlementIntervalMs"] = 500 })));
        market.balancer = new Balancer(market.urls);
        market.Provider = FreeUrl();
        await market.RunAsync("provider", market.Provider, "provider", new JsonObject
        {
            ["coordinatorUrl"] = market.balancer.Url.ToString(),
            ["publicUrl"] = market.Provider.ToString(),
            ["reconcileInterval"] = "00:00:01",
            ["slots"] = 8,
        });
        market.Session = new Session(
            Endpoints.OfNetwork(network.Data) with { Coordinator = market.balancer.Url, Provider = market.Provider });
        return market;
    }

    /// <summary>kill -9 of one coordinator.</summary>
    public void Kill(int coordinator) => Signals.Kill(processes[Name(coordinator)].Id);

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        foreach (var process in processes.Values)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token);
            process.Dispose();
        }

        await balancer.DisposeAsync();
        await network.DisposeAsync();
    }

    private async Task RunAsync(string role, Uri url, string name, JsonObject options)
    {
        var endpoints = network.Session.Endpoints;
        options["dataDirectory"] = Path.Combine(folder, name);
        options["nodeUrl"] = endpoints.Node.ToString();
        options["walletUrl"] = endpoints.Wallet.ToString();
        options["walletTokenFile"] = endpoints.WalletTokenFile;
        options["accountLabel"] = role;
        var file = Path.Combine(folder, name + ".json");
        var config = new JsonObject { ["listen"] = url.ToString(), ["options"] = options };
        await File.WriteAllTextAsync(file, config.ToJsonString());
        var process = ProgramRun.Start(Built.Dotnet, [Built.Host, "run", role, "--config", file, "--supervised"]);
        lock (processes)
            processes.Add(name, process);
        var log = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        if (await process.StandardOutput.ReadLineAsync(patience.Token) is null)
            throw new InvalidOperationException($"{name} did not start: {await log}");
    }

    private static string Name(int coordinator) => $"coordinator-{coordinator}";

    private static Uri FreeUrl()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
    }
}
