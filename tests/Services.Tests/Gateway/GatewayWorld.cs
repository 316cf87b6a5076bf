using System.Net;
using System.Net.Sockets;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Gateway;
using Aitbc.Coordinator.Links;
using Aitbc.Coordinator.Payments;
using Aitbc.Provider;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Services.Tests.Coordinator;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Gateway;

/// <summary>
/// A coordinator on a real port, and providers that dialled it, each with a chain and a server of models of its own.
/// Providers have no address at which the coordinator could reach them.
/// </summary>
internal sealed class GatewayWorld : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-gateway-").FullName;
    private readonly int port = FreePort();
    private readonly Func<CoordinatorOptions, CoordinatorOptions>? change;
    private readonly LocalSigner evaluator = new(TestAccounts.Key(3));
    private WebApplication app = null!;

    private GatewayWorld(Func<CoordinatorOptions, CoordinatorOptions>? change) => this.change = change;

    public List<SellingWorld> Providers { get; } = [];

    public HttpClient Http { get; private set; } = null!;

    public Uri Url => new($"http://127.0.0.1:{port}");

    public IServiceProvider Services => app.Services;

    public LinkTable Links => app.Services.GetRequiredService<LinkTable>();

    public GatewayCatalog Catalog => app.Services.GetRequiredService<GatewayCatalog>();

    public static async Task<GatewayWorld> StartAsync(
        Func<CoordinatorOptions, CoordinatorOptions>? change = null, params Action<ProviderOptions>[] providers)
    {
        var world = new GatewayWorld(change);
        await world.BootAsync();
        foreach (var set in providers)
        {
            world.Providers.Add(await SellingWorld.StartAsync(
                set: o =>
                {
                    o.CoordinatorUrl = world.Url;
                    set(o);
                },
                account: world.Providers.Count + 1));
        }

        foreach (var provider in world.Providers)
            await world.LinkedAsync(provider);
        return world;
    }

    public Buyer Buyer(int account = 0) => new(TestAccounts.Key(account), Http, Providers[0].Time);

    /// <summary>The provider is linked, and it is known what it sells.</summary>
    public Task LinkedAsync(SellingWorld provider) => UntilAsync(
        () => Links.Find(provider.Provider) is not null
            && Catalog.Models.Values.Any(m => m.Any(s => s.Provider == provider.Provider)));

    /// <summary>The link breaks, as by a router that restarts; the provider dials again.</summary>
    public void Cut(SellingWorld provider) => Links.Find(provider.Provider)!.End();

    public async Task RestartAsync()
    {
        await StopAsync();
        await BootAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provider in Providers)
            await provider.DisposeAsync();
        await StopAsync();
        Directory.Delete(folder, recursive: true);
    }

    public static async Task UntilAsync(Func<bool> holds)
    {
        using var most = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
        {
            most.Token.ThrowIfCancellationRequested();
            await Task.Delay(20, SellingWorld.Cancel);
        }
    }

    private async Task StopAsync()
    {
        Http.Dispose();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(soon.Token);
        await app.DisposeAsync();
    }

    private async Task BootAsync()
    {
        var options = new CoordinatorOptions { DataDirectory = folder, NodeUrl = new Uri("http://127.0.0.1:1") };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        builder.Services.AddSingleton<IEvaluatorAccount>(new TestEvaluator(evaluator));
        builder.Services.AddCoordinator(change?.Invoke(options) ?? options);
        app = builder.Build();
        app.MapCoordinator();
        await app.StartAsync(SellingWorld.Cancel);
        app.Services.GetRequiredService<MarketSelf>().Set(new MarketInfo(
            7777, SystemContractAddresses.JobEscrow, evaluator.Address, 3600, 1 << 20));
        Http = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(60) };
    }

    private static int FreePort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
