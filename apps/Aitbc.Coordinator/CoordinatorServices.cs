using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Delivery;
using Aitbc.Coordinator.Discovery;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Facilitator;
using Aitbc.Coordinator.Gateway;
using Aitbc.Coordinator.Gpus;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Links;
using Aitbc.Coordinator.Messages;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Providers;
using Aitbc.Coordinator.Quotes;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Coordinator.Why;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.OpenApi;

namespace Aitbc.Coordinator;

/// <summary>The coordinator role's public face.</summary>
public static class CoordinatorServices
{
    private const long MaxJsonBytes = 4 * 1024 * 1024;
    private static readonly int[] ProblemStatuses = [400, 401, 404, 409, 429, 500, 503];

    /// <summary>
    /// Registers the coordinator. Throws <see cref="ArgumentException"/> on options that cannot work.
    /// </summary>
    public static IServiceCollection AddCoordinator(this IServiceCollection services, CoordinatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.TypeInfoResolverChain.Insert(0, MarketJson.Default);
            o.SerializerOptions.TypeInfoResolverChain.Insert(1, ReceiptJson.Default);
            foreach (var converter in MarketJson.Default.Options.Converters)
                o.SerializerOptions.Converters.Add(converter);
            o.SerializerOptions.RespectNullableAnnotations = true;
            o.SerializerOptions.RespectRequiredConstructorParameters = true;
            o.SerializerOptions.AllowDuplicateProperties = false;
            o.SerializerOptions.DefaultIgnoreCondition = MarketJson.Default.Options.DefaultIgnoreCondition;
            o.SerializerOptions.NumberHandling = MarketJson.Default.Options.NumberHandling;
        });
        services.AddOpenApi("v1", o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.AddSchemaTransformer(WireSchemas.DescribeAsync);
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo { Title = "AITBC coordinator", Version = "1" };
                document.Servers?.Clear();
                return Task.CompletedTask;
            });
        });
        services.AddStore(options);
        AddFeatures(services);
        AddChain(services, options);
        services.AddHostedService<BookLoop>();
        services.AddHostedService<SettlementLoop>();
        services.AddSingleton<ReputationLoop>();
        services.AddHostedService(s => s.GetRequiredService<ReputationLoop>());
        services.AddHostedService(s => s.GetRequiredService<GatewayCatalog>());
        return services;
    }

    /// <summary>Puts the coordinator's endpoints on an application that serves nothing else.</summary>
    public static WebApplication MapCoordinator(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var gate = app.Services.GetRequiredService<ProblemGate>();
        app.Use(next => http => gate.PassAsync(http, next));
        app.UseWebSockets();
        app.UseRouting();
        var routes = app.MapGroup("").WithRateLimit();
        routes.WithMetadata(new RequestSizeLimitAttribute(MaxJsonBytes));
        foreach (var status in ProblemStatuses)
            routes.WithMetadata(
                new ProducesResponseTypeMetadata(status, typeof(AitbcProblem), [AitbcProblem.MediaType]));
        routes.MapGet("/health", Health).WithName("Health").WithTags("coordinator");
        routes.MapGet("/v1/info", Info).WithName("Info").WithTags("coordinator");
        routes.MapAccess();
        routes.MapProviders();
        routes.MapGpus();
        routes.MapReputation();
        routes.MapOffers();
        routes.MapQuotes();
        routes.MapBooks();
        routes.MapBlobs(app.Services.GetRequiredService<CoordinatorOptions>());
        routes.MapJobs();
        routes.MapStories();
        routes.MapLeases();
        routes.MapDelivery();
        routes.MapLinks();
        if (app.Services.GetRequiredService<CoordinatorOptions>().GatewayEnabled)
            app.MapGateway();
        routes.MapFacilitator();
        routes.MapDiscovery();
        routes.MapMessages();
        app.MapOpenApi();
        app.MapApiPage();
        return app;
    }

    private static Ok<HealthAnswer> Health(MarketSelf self) =>
        TypedResults.Ok(new HealthAnswer(self.IsKnown ? "ok" : "starting", "coordinator"));

    private static Ok<MarketInfo> Info(MarketSelf self) => TypedResults.Ok(self.Known);

    private static void AddFeatures(IServiceCollection services)
    {
        services.AddSingleton<ProblemGate>();
        services.AddSingleton<Remotes>();
        services.AddSingleton<RateGate>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<OnlineProviders>();
        services.AddSingleton<ProviderRegistry>();
        services.AddSingleton<ChainStanding>();
        services.AddSingleton<Standings>();
        services.AddSingleton<BlobStore>();
        services.AddSingleton<Matches>();
        services.AddSingleton<BookParts>();
        services.AddSingleton<Books>();
        services.AddSingleton<BookViews>();
        services.AddSingleton<BidDesk>();
        services.AddSingleton<GpuChecks>();
        services.AddSingleton<GpuChallengeDesk>();
        services.AddSingleton<GpuProofDesk>();
        services.AddSingleton<OfferDesk>();
        services.AddSingleton<QuoteDesk>();
        services.AddSingleton<QuoteAcceptance>();
        services.AddSingleton<JobDesk>();
        services.AddSingleton<JobMoves>();
        services.AddSingleton<Quoting>();
        services.AddSingleton<Ordering>();
        services.AddSingleton<Cancelling>();
        services.AddSingleton<JobSignals>();
        services.AddSingleton<LeaseDesk>();
        services.AddSingleton<MarketSelf>();
        services.AddSingleton<SettlementHints>();
        services.AddSingleton<Comparing>();
        services.AddSingleton<Committees>();
        services.AddSingleton<Accepting>();
        services.AddSingleton<Judging>();
        services.AddSingleton<ChainEvidence>();
        services.AddSingleton<Settler>();
        services.AddSingleton<LinkTable>();
        MessageEndpoints.Add(services);
        GatewayServices.Add(services);
        services.AddSingleton<DiscoveryShelf>();
        services.AddSingleton<RelayerAccount>();
        services.AddSingleton<SettleGate>();
        services.AddSingleton<TransferChain>();
        services.AddSingleton<TransferVerifying>();
        services.AddSingleton<TransferSettling>();
        services.AddSingleton<ChannelRelay>();
        services.AddSingleton<ChannelVerifying>();
        services.AddSingleton<ChannelSettling>();
    }

    private static void AddChain(IServiceCollection services, CoordinatorOptions options)
    {
        services.TryAddSingleton<IEvaluatorAccount, WalletEvaluatorAccount>();
        services.AddSingleton(s => new ChainClient(
            new HttpClient { BaseAddress = options.NodeUrl }, time: s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new TransactionSender(
            s.GetRequiredService<ChainClient>(),
            s.GetRequiredService<IEvaluatorAccount>(),
            time: s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(
            s => new EscrowClient(s.GetRequiredService<ChainClient>(), s.GetRequiredService<TransactionSender>()));
        services.AddSingleton(s => new ReexecutionClient(s.GetRequiredService<ChainClient>()));
    }
}
