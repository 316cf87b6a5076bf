using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Fuzz.Running;

/// <summary>
/// A node on RocksDB in a folder of its own and on a port of the loopback interface. What it logs as an error is a
/// finding: no input of anybody may be one.
/// </summary>
internal sealed class FuzzNode : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-fuzz-").FullName;
    private readonly ErrorLog errors = new();
    private readonly WebApplication app;

    public FuzzNode()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors).SetMinimumLevel(LogLevel.Error);
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddNode(Options());
        app = builder.Build();
        app.MapNode();
        app.StartAsync().GetAwaiter().GetResult();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Url = new Uri(address.Addresses.Single());
    }

    public Uri Url { get; }

    public IServiceProvider Services => app.Services;

    public void CheckErrors() => errors.Check();

    public void Dispose()
    {
        app.StopAsync().GetAwaiter().GetResult();
        app.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    private NodeOptions Options()
    {
        var genesis = Path.Combine(folder, "genesis.json");
        File.WriteAllText(genesis, new JsonObject
        {
            ["chainId"] = 7777,
            ["timestamp"] = 1_790_000_000,
            ["gasLimit"] = 300_000_000,
            ["baseFee"] = "1000000000",
            ["alloc"] = new JsonObject { [TestAccounts.Key(0).Address.ToString()] = "10000000000000000000000" },
        }.ToJsonString());
        return new NodeOptions
        {
            DataDirectory = Path.Combine(folder, "node"),
            GenesisFile = genesis,
            Miner = "0x00000000000000000000000000000000000000ff",
            Heartbeat = TimeSpan.FromHours(1),
            MaxBody = Mutator.LongestInput,
            // Rates are not what is tried here, and nobody waits long for a receipt that never comes.
            LoopbackRate = long.MaxValue / 4_000_000_000,
            LoopbackBurst = long.MaxValue / 4_000_000_000,
            SyncTimeout = TimeSpan.FromMilliseconds(20),
            MaxSyncTimeout = TimeSpan.FromMilliseconds(20),
        };
    }
}
