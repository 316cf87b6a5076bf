using System.Net;
using System.Text;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Wallet;

namespace Services.Tests.Coordinator;

/// <summary>
/// A coordinator on a real port and a real database, with a client, a provider and a chain beside it.
/// </summary>
internal sealed class Market : IAsyncDisposable
{
    private readonly List<IDisposable> owned = [];
    private readonly string folder;
    private readonly CoordinatorOptions settings;
    private WebApplication app = null!;
    private bool isPeer;

    private Market(EscrowChain chain, string folder, FakeTimeProvider time, CoordinatorOptions settings) =>
        (Chain, this.folder, Time, this.settings) = (chain, folder, time, settings);

    public EscrowChain Chain { get; }

    public FakeTimeProvider Time { get; }

    public LocalSigner ClientKey { get; } = Key(1);

    public LocalSigner ProviderKey { get; } = Key(2);

    public LocalSigner EvaluatorKey { get; } = Key(3);

    public LocalSigner StrangerKey { get; } = Key(4);

    public MarketClient Client { get; private set; } = null!;

    public MarketClient Provider { get; private set; } = null!;

    public MarketClient Stranger { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public Settler Settler => app.Services.GetRequiredService<Settler>();

    public IServiceProvider Services => app.Services;

    /// <summary>What signs for the coordinator.</summary>
    public TestEvaluator Wallet { get; private set; } = null!;

    public CapturedLog Log { get; } = new();

    public static async Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        var chain = await EscrowChain.StartAsync(time);
        var folder = Directory.CreateTempSubdirectory("aitbc-coordinator-").FullName;
        var options = new CoordinatorOptions { DataDirectory = folder, NodeUrl = chain.Url };
        var market = new Market(chain, folder, time, change?.Invoke(options) ?? options);
        await market.BootAsync();
        return market;
    }

    /// <summary>Another coordinator on the same database and chain, with the same keys.</summary>
    public async Task<Market> PeerAsync()
    {
        var peer = new Market(Chain, folder, Time, settings) { isPeer = true };
        await peer.BootAsync();
        return peer;
    }

    /// <summary>Stops the daemon and starts it again on the same data.</summary>
    public async Task RestartAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await BootAsync();
    }

    public async Task<ProviderView> RegisterAsync(params Offer[] offers) => await Provider.RegisterAsync(
        "http://127.0.0.1:8008", offers.Length > 0 ? offers : [new Offer("wasm", "wasm", "fuel", 7, 1000, 1_000_000)]);

    public async Task<OrderRequest> OrderRequestAsync(string key = "order-1", ulong maxFuel = 100_500) => new()
    {
        IdempotencyKey = key,
        Spec = new JobSpec
        {
            Engine = "wasm",
            Wasm = new WasmSpec
            {
                ModuleHash = await Client.PutBlobAsync(Encoding.UTF8.GetBytes("module")),
                InputHash = await Client.PutBlobAsync(Encoding.UTF8.GetBytes("input")),
                MaxFuel = maxFuel,
                MaxMemoryMib = 16,
            },
        },
    };

    /// <summary>Orders a job and puts its money into the escrow.</summary>
    public async Task<JobView> FundedAsync(string key = "order-1", Func<EscrowJob, EscrowJob>? change = null)
    {
        var job = await Client.OrderAsync(await OrderRequestAsync(key));
        Fund(job, change);
        return await Client.FundedAsync(job.Id, Hash256.FromBytes(new byte[32]));
    }

    public void Fund(JobView job, Func<EscrowJob, EscrowJob>? change = null)
    {
        var held = new EscrowJob
        {
            Id = (ulong)Chain.Count() + 1,
            Client = job.Terms.Client,
            Provider = job.Terms.Provider,
            Evaluator = job.Terms.Evaluator,
            Description = "",
            Budget = job.Terms.Budget,
            ExpiredAt = job.Terms.ExpiresAt,
            Status = EscrowStatus.Funded,
            Hook = job.Terms.Reexecution is null ? Address.Zero : SystemContractAddresses.ReexecutionHook,
            PaymentToken = SystemContractAddresses.Token,
            ProviderAgentId = UInt256.Zero,
            SubmittedAt = 0,
            JobKey = job.Id,
            Terms = job.TermsHash,
            EvaluationWindow = job.Terms.EvaluationWindow,
            Charge = UInt256.Zero,
            Deliverable = default,
            Level = job.Terms.Level is { } level
                ? new EscrowLevel(
                    (ulong)level.Seconds, (ulong)level.Credit,
                    (ulong)Time.GetUtcNow().ToUnixTimeSeconds() + (ulong)level.Seconds, default)
                : null,
        };
        if (job.Terms.Reexecution is { } agreed)
            Chain.Disputes[held.Id] = new Dispute
            {
                State = DisputeState.Agreed,
                Disputer = Address.Zero,
                Stake = UInt256.Zero,
                Deadline = 0,
                Result = default,
                Claimed = default,
                Reexecutors = agreed.Reexecutors,
                Bond = agreed.Bond,
                Fee = agreed.Fee,
                VotingTime = agreed.VotingTime,
            };
        Chain.Put(change?.Invoke(held) ?? held);
    }

    /// <summary>The provider's side: puts the output, signs, and submits the digest to the escrow.</summary>
    public async Task<(ReceiptFile Receipt, Hash256 Output)> ExecuteAsync(
        JobView job, Func<Receipt, Receipt>? change = null)
    {
        var output = await Provider.PutBlobAsync(Encoding.UTF8.GetBytes($"output of {job.Id}"));
        var receipt = ReceiptOf(job, output);
        var file = await (change?.Invoke(receipt) ?? receipt).SignAsync(ProviderKey);
        var now = (ulong)Time.GetUtcNow().ToUnixTimeSeconds();
        Chain.Change(job.Id, held => held with
        {
            Status = EscrowStatus.Submitted,
            Deliverable = file.Receipt.Digest(),
            Charge = file.Receipt.Charge,
            SubmittedAt = now,
            Level = held.Level is { } level && now > level.DueAt
                ? level with
                {
                    Credit = ((file.Receipt.Charge * level.CreditBasisPoints) + 9_999UL) / 10_000UL,
                }
                : held.Level,
        });
        return (file, output);
    }

    public Receipt ReceiptOf(JobView job, Hash256 output) => new()
    {
        JobId = job.Id,
        ChainId = job.Terms.ChainId,
        Escrow = job.Terms.Escrow,
        Provider = job.Terms.Provider,
        Client = job.Terms.Client,
        Engine = "wasm",
        EngineVersion = "test 1",
        SpecHash = job.Terms.SpecHash,
        InputHash = job.Spec.InputHash(),
        OutputHash = output,
        Units = 5001,
        UnitKind = "fuel",
        Charge = UnitCharge.Of(5001, job.Terms.UnitPrice, job.Terms.UnitsPer),
        StartedAtMs = 1000,
        EndedAtMs = 2000,
    };

    public MarketClient As(LocalSigner key) => new(Http, key, key.Address, Time);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        foreach (var one in owned)
            one.Dispose();
        if (!isPeer)
        {
            await Chain.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        ClientKey.Dispose();
        ProviderKey.Dispose();
        EvaluatorKey.Dispose();
        StrangerKey.Dispose();
    }

    private async Task BootAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(Time);
        Wallet = new TestEvaluator(EvaluatorKey);
        builder.Services.AddSingleton<IEvaluatorAccount>(Wallet);
        builder.Services.AddCoordinator(settings);
        app = builder.Build();
        app.MapCoordinator();
        await app.StartAsync();
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
        owned.Add(Http);
        Client = As(ClientKey);
        Provider = As(ProviderKey);
        Stranger = As(StrangerKey);
        if (!Chain.Down)
        {
            var self = app.Services.GetRequiredService<MarketSelf>();
            self.Set(new MarketInfo(
                EscrowChain.ChainId,
                SystemContractAddresses.JobEscrow,
                EvaluatorKey.Address,
                (ulong)settings.EvaluationWindowSeconds,
                settings.MaxBlobBytes));
        }
    }

    private static LocalSigner Key(byte number) =>
        new(PrivateKey.FromBytes([.. Enumerable.Repeat((byte)0, 31), number]));
}
