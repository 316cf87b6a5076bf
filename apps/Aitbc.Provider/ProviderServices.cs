using Aitbc.Provider.Admission;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Doors;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Container;
using Aitbc.Provider.Engines.Js;
using Aitbc.Provider.Engines.Ollama;
using Aitbc.Provider.Engines.OpenAi;
using Aitbc.Provider.Engines.Wasm;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Hosting;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Linking;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Receipts;
using Aitbc.Provider.Reexecution;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider;

/// <summary>The public face of the provider role.</summary>
public static class ProviderServices
{
    /// <summary>
    /// Adds everything that a provider needs. Throws <see cref="ArgumentException"/> on options that cannot work.
    /// </summary>
    public static IServiceCollection AddProvider(this IServiceCollection services, ProviderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        AddWorld(services, options);
        AddEngines(services, options);
        services.AddSingleton(s => new EarningBook(
            options.DataDirectory, options.EarningsRetention, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new JobJournal(options.DataDirectory, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ReceiptBook(options.DataDirectory, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RootPublishing>();
        services.AddSingleton(s => new BlobStore(options.DataDirectory, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(_ => new ExecutionSlots(options.Slots, options.Queue));
        services.AddSingleton(s => new NvidiaSmi(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GpuDetection>();
        services.AddSingleton(s => new GpuChallenges(
            options.Gpu, s.GetRequiredService<ExecutionSlots>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new GpuAttestations(options.DataDirectory, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GpuStanding>();
        services.AddSingleton<GpuAttesting>();
        Selling.SellingServices.Add(services, options);
        services.AddSingleton<Doors.Programs.ProgramOrders>();
        Doors.Mcp.McpServices.Add(services);
        Doors.A2a.A2aServices.Add(services);
        services.AddSingleton<ProviderStats>();
        services.AddSingleton<ProviderSelf>();
        services.AddSingleton<OwnerMode>();
        services.AddSingleton(s => new OpeningHours(
            options.Hours, options.HoursTimeZone, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<Reception>();
        services.AddSingleton<ProviderLifetime>();
        services.AddSingleton<ActiveJobs>();
        services.AddSingleton<InputGathering>();
        services.AddSingleton(_ => new LevelPromises(options.Levels));
        services.AddSingleton<AdmissionDesk>();
        services.AddSingleton<JobExecution>();
        services.AddSingleton<JobSigning>();
        services.AddSingleton<JobSubmitting>();
        services.AddSingleton<JobDelivering>();
        services.AddSingleton<JobSettlement>();
        services.AddSingleton<JobPipeline>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<OfferPosting>();
        services.AddHostedService<ProviderStart>();
        services.AddHostedService(s => s.GetRequiredService<Reconciler>());
        services.AddSingleton<BlobSweep>();
        services.AddHostedService(s => s.GetRequiredService<BlobSweep>());
        services.AddHostedService<LeaseLoop>();
        services.AddHostedService(s => s.GetRequiredService<RootPublishing>());
        services.AddSingleton(_ => new DisputeCursor(options.DataDirectory));
        services.AddSingleton<DisputeWatch>();
        services.AddSingleton<CaseFile>();
        services.AddSingleton<Reexecuting>();
        services.AddHostedService<ReexecutionLoop>();
        services.AddSingleton<LinkServer>();
        services.AddHostedService<LinkLoop>();
        return services;
    }

    /// <summary>Maps the routes of specs/provider.md.</summary>
    public static IEndpointRouteBuilder MapProvider(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var group = routes.MapGroup("").AddEndpointFilter<ProblemFilter>();
        StatusDoor.Map(group);
        JobDoor.Map(group);
        GpuDoor.Map(group);
        ReceiptDoor.Map(group);
        StreamDoor.Map(group);
        OwnerDoor.Map(group);
        EarningsDoor.Map(group);
        RefundDoor.Map(routes);
        Doors.OpenAi.OpenAiDoor.Map(routes);
        Doors.Ollama.OllamaDoor.Map(routes);
        Doors.Programs.ProgramDoor.Map(routes);
        Doors.Mcp.McpDoor.Map(routes);
        Doors.A2a.A2aDoor.Map(routes);
        return routes;
    }

    private static void AddWorld(IServiceCollection services, ProviderOptions options)
    {
        services.AddSingleton<LateWallet>();
        services.TryAddSingleton<IWalletSigner>(s => s.GetRequiredService<LateWallet>());
        services.TryAddSingleton<IProviderAccount>(s => s.GetRequiredService<LateWallet>());
        services.AddSingleton(s => new ChainClient(
            new HttpClient { BaseAddress = options.NodeUrl }, time: s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new TransactionSender(
            s.GetRequiredService<ChainClient>(),
            s.GetRequiredService<IWalletSigner>(),
            time: s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(
            s => new EscrowClient(s.GetRequiredService<ChainClient>(), s.GetRequiredService<TransactionSender>()));
        services.AddSingleton(s => new ReexecutionClient(
            s.GetRequiredService<ChainClient>(), s.GetRequiredService<TransactionSender>()));
        services.AddSingleton(s => new ReceiptRootsClient(
            s.GetRequiredService<ChainClient>(), s.GetRequiredService<TransactionSender>()));
        services.AddSingleton<CoordinatorLink>();
    }

    private static void AddEngines(IServiceCollection services, ProviderOptions options)
    {
        services.AddSingleton(s => new WasmSandbox(options.Wasm, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IEngine>(s => new WasmEngine(
            options.Wasm,
            new UnitPrice(options.WasmPricePerMillionFuel, 1_000_000),
            s.GetRequiredService<WasmSandbox>()));
        if (options.JsEnabled)
        {
            services.AddSingleton(s => new JsSandbox(options.Js, s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IEngine>(s => new JsEngine(
                options.Js,
                new UnitPrice(options.JsPricePerMillionStatements, 1_000_000),
                s.GetRequiredService<JsSandbox>()));
        }

        if (options.OllamaEnabled)
        {
            services.AddSingleton(s => new OllamaServer(options.Ollama, s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IEngine>(s => new OllamaEngine(
                options.Ollama, new UnitPrice(options.OllamaPricePerToken, 1), s.GetRequiredService<OllamaServer>()));
            services.AddSingleton(s => new Selling.ModelSource(
                EngineNames.Ollama, s.GetRequiredService<OllamaServer>(), options.Ollama, options.OllamaPricePerToken));
        }

        if (options.OpenAi.Url is not null)
        {
            services.AddSingleton(s => new OpenAiServer(options.OpenAi, s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<IEngine>(s => new OpenAiEngine(
                options.OpenAi, new UnitPrice(options.OpenAiPricePerToken, 1), s.GetRequiredService<OpenAiServer>()));
            services.AddSingleton(s => new Selling.ModelSource(
                EngineNames.OpenAi, s.GetRequiredService<OpenAiServer>(), options.OpenAi, options.OpenAiPricePerToken));
        }

        if (options.Container.Images.Count > 0)
            AddContainers(services, options);
        services.AddSingleton<EngineCatalog>();
    }

    private static void AddContainers(IServiceCollection services, ProviderOptions options)
    {
        services.AddSingleton(s => new ContainerHost(
            options.Container, options.DataDirectory, s.GetRequiredService<ILogger<ContainerHost>>()));
        services.AddSingleton(s => new ContainerSandbox(
            options.Container, s.GetRequiredService<ContainerHost>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new ContainerEngine(
            options.Container,
            new UnitPrice(options.ContainerPricePerSecond, 1),
            s.GetRequiredService<ContainerHost>(),
            s.GetRequiredService<ContainerSandbox>(),
            s.GetRequiredService<ILogger<ContainerEngine>>()));
        services.AddSingleton<IEngine>(s => s.GetRequiredService<ContainerEngine>());
        services.AddHostedService<ContainerStart>();
    }
}
