using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Services.Tests.Chain;
using Services.Tests.Provider.Selling;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Coordinator.Facilitator;

/// <summary>A real node, a coordinator on a real port that settles for others, and a buyer with coins.</summary>
internal sealed class FacilitatorWorld : IAsyncDisposable
{
    public static readonly Address Shop = Address.Parse("0x00000000000000000000000000000000000ABBA1");
    private readonly string _folder = Directory.CreateTempSubdirectory("aitbc-facilitator-").FullName;
    private readonly LocalSigner _relayer = new(TestAccounts.Key(1));
    private RealNode _node = null!;
    private WebApplication? _coordinator;

    public ShiftedTime Time { get; } = new();

    public ChainClient Chain => _node.Client;

    public HttpClient Http { get; private set; } = null!;

    public Address Relayer => _relayer.Address;

    public Buyer Buyer(int account = 0) => new(TestAccounts.Key(account), Http, Time);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FacilitatorWorld> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? set = null)
    {
        var world = new FacilitatorWorld();
        world._node = await RealNode.StartAsync(world._folder, world.Time);
        await world.StartCoordinatorAsync(set);
        return world;
    }

    /// <summary>What a shop asks for.</summary>
    public static JsonObject Required(ulong amount = 1234) => new()
    {
        ["x402Version"] = 2,
        ["resource"] = new JsonObject { ["url"] = "http://127.0.0.1/" },
        ["accepts"] = new JsonArray(new JsonObject
        {
            ["scheme"] = "exact",
            ["network"] = "eip155:7777",
            ["amount"] = amount.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["asset"] = SystemContractAddresses.Token.ToString(),
            ["payTo"] = Shop.ToString(),
            ["maxTimeoutSeconds"] = 300,
            ["extra"] = new JsonObject { ["name"] = "AIT", ["version"] = "1" },
        }),
    };

    /// <summary>The body that a server sends for a payment.</summary>
    public static JsonObject Body(JsonObject required, string payment) => new()
    {
        ["x402Version"] = 2,
        ["paymentPayload"] = JsonNode.Parse(Convert.FromBase64String(payment)),
        ["paymentRequirements"] = required["accepts"]![0]!.DeepClone(),
    };

    public async Task<JsonObject> PostAsync(string what, JsonObject body)
    {
        using var answer = await Http.PostAsJsonAsync($"/x402/{what}", body, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        await StopCoordinatorAsync();
        await _node.DisposeAsync();
        _relayer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The coordinator ends and starts again.</summary>
    public async Task RestartAsync()
    {
        await StopCoordinatorAsync();
        await StartCoordinatorAsync(null);
    }

    private async Task StopCoordinatorAsync()
    {
        Http.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _coordinator!.StopAsync(now.Token);
        await _coordinator.DisposeAsync();
    }

    private async Task StartCoordinatorAsync(Func<CoordinatorOptions, CoordinatorOptions>? set)
    {
        var options = new CoordinatorOptions
        {
            DataDirectory = Path.Combine(_folder, "coordinator"),
            NodeUrl = _node.Url,
            FacilitatorLabel = "facilitator",
        };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IEvaluatorAccount>(new TestEvaluator(_relayer));
        builder.Services.AddCoordinator(set?.Invoke(options) ?? options);
        _coordinator = builder.Build();
        _coordinator.MapCoordinator();
        await _coordinator.StartAsync(Cancel);
        Http = new HttpClient { BaseAddress = new Uri(_coordinator.Urls.Single()) };
        var self = _coordinator.Services.GetRequiredService<MarketSelf>();
        self.Set(new Aitbc.Sdk.Market.MarketInfo(
            7777, SystemContractAddresses.JobEscrow, _relayer.Address, 3600, 1024));
    }
}
