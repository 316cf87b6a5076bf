using System.Net;
using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Reexecution;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Services.Tests.Coordinator;
using Services.Tests.Provider.Delivery;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Provider.Reexecution;

/// <summary>A provider that executes again, beside a real coordinator; a test says when it looks.</summary>
internal sealed class Reexecutor : IAsyncDisposable
{
    private readonly Market market;
    private readonly LocalSigner key;
    private readonly string folder;
    private WebApplication app = null!;

    private Reexecutor(Market market, LocalSigner key, string folder) =>
        (this.market, this.key, this.folder) = (market, key, folder);

    /// <summary>Computes what <see cref="Market.ReceiptOf"/> states, at 900 for a billion units.</summary>
    public CountingEngine Engine { get; init; } = EngineOf(Coordinator.Verification.Committee.Version);

    public EarningBook Book => app.Services.GetRequiredService<EarningBook>();

    public CapturedLog Log { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static CountingEngine EngineOf(string version, UInt256? price = null) => new()
    {
        Version = version,
        Offer = new EngineOffer("wasm", "wasm", "fuel", new UnitPrice(price ?? 900, 1_000_000_000), 2_000_000_000),
        Outcome = EngineOutcome.Complete("output"u8.ToArray(), 5001),
    };

    public static async Task<Reexecutor> StartAsync(
        Market market, LocalSigner key, string folder, CountingEngine? engine = null)
    {
        var started = new Reexecutor(market, key, folder)
        {
            Engine = engine ?? EngineOf(Coordinator.Verification.Committee.Version),
        };
        await started.BootAsync();
        return started;
    }

    /// <summary>A look at the chain, and a step in each dispute that it shows.</summary>
    public async Task<int> LookAsync()
    {
        var watch = app.Services.GetRequiredService<DisputeWatch>();
        var disputes = await watch.LookAsync(key.Address, Cancel);
        foreach (var job in disputes)
        {
            if (await app.Services.GetRequiredService<Reexecuting>().AdvanceAsync(job, key.Address, Cancel))
                watch.Close(job);
        }

        return disputes.Count;
    }

    public async Task RestartAsync()
    {
        await DisposeAsync();
        await BootAsync();
    }

    public async ValueTask DisposeAsync()
    {
        app.Services.GetRequiredService<ProviderLifetime>().Stop();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private async Task BootAsync()
    {
        var options = new ProviderOptions
        {
            DataDirectory = folder,
            NodeUrl = market.Chain.Url,
            WalletUrl = market.Chain.Url,
            WalletTokenFile = "not used",
            CoordinatorUrl = market.Http.BaseAddress,
            Reexecute = true,
            OllamaEnabled = false,
            LinkEnabled = false,
            PublishReceiptRoots = false,
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(market.Time);
        builder.Services.AddSingleton<IWalletSigner>(key);
        builder.Services.AddSingleton<IProviderAccount>(new Account(key.Address));
        builder.Services.AddProvider(options);
        builder.Services.AddSingleton(new EngineCatalog([Engine]));
        // A test looks instead of the timer.
        builder.Services.Remove(builder.Services.Single(d => d.ImplementationType == typeof(ReexecutionLoop)));
        app = builder.Build();
        await app.StartAsync(Cancel);
        await app.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(Cancel);
    }

    private sealed class Account(Address address) : IProviderAccount
    {
        public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(address);
    }
}
