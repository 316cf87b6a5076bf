using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Doors;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Hosting;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Services.Tests.Provider.Delivery;

/// <summary>The provider role on a real port with a real journal; only its engine and its key are the test's.</summary>
internal sealed class Daemon : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LocalSigner _signer;

    private Daemon(WebApplication app, LocalSigner signer)
    {
        _app = app;
        _signer = signer;
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public EarningBook Book => _app.Services.GetRequiredService<EarningBook>();

    public T Service<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public JobJournal Journal => _app.Services.GetRequiredService<JobJournal>();

    /// <summary>As the timer does that keeps the disk from filling.</summary>
    public void SweepInputs() => _app.Services.GetRequiredService<BlobSweep>().Sweep();

    /// <summary>
    /// A look at all open jobs, as on start and on the timer. A second one follows, since the first may have joined
    /// work that was about to end.
    /// </summary>
    public async Task LookAsync()
    {
        var reconciler = _app.Services.GetRequiredService<Reconciler>();
        await reconciler.LookAsync();
        await reconciler.LookAsync();
    }

    public static async Task<Daemon> StartAsync(
        ScriptedChain chain, CountingEngine engine, TimeProvider time, string folder,
        Action<ProviderOptions>? set = null, Action<IServiceCollection>? also = null)
    {
        var signer = new LocalSigner(TestAccounts.Key(Order.ProviderIndex));
        var options = new ProviderOptions
        {
            DataDirectory = folder,
            NodeUrl = chain.Url,
            WalletUrl = chain.Url,
            WalletTokenFile = "not used",
            OllamaEnabled = false,
            ReconcileInterval = TimeSpan.FromHours(1),
        };
        options.Evaluators.Add(Order.Evaluator.ToString());
        set?.Invoke(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton<IWalletSigner>(signer);
        builder.Services.AddSingleton<IProviderAccount>(new Account(signer.Address));
        builder.Services.AddProvider(options);
        builder.Services.AddSingleton(new EngineCatalog([engine]));
        also?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapProvider();
        await app.StartAsync();
        await app.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(CancellationToken.None)
            .WaitAsync(TimeSpan.FromSeconds(30));
        return new Daemon(app, signer);
    }

    /// <summary>Sends an order to the direct door.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(JobOrder order, bool withInput = true)
    {
        var inputs = withInput
            ? new Dictionary<string, string> { [Order.InputHash.ToString()] = Convert.ToBase64String(Order.Input) }
            : null;
        return await PostAsync(JsonSerializer.Serialize(
            new JobRequest(order.Terms, order.Spec, inputs), DoorJson.Default.JobRequest));
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await Http.PostAsync("/v1/jobs", content);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Ends it without letting anything finish, as a crash would.</summary>
    public async ValueTask DisposeAsync()
    {
        _app.Services.GetRequiredService<ProviderLifetime>().Stop();
        Http.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _signer.Dispose();
    }

    private sealed class Account(Address address) : IProviderAccount
    {
        public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(address);
    }
}
