using System.Diagnostics;
using System.Globalization;
using System.Net;
using Aitbc.Bench.Loads;
using Aitbc.Bench.Market;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Gateway;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aitbc.Bench.Inference;

/// <summary>
/// What a gateway adds to a paid call: the time to the first token of the same stream from the same provider, at its
/// own port and over the gateway and the provider's link, one after the other in the same run.
/// </summary>
internal static class GatewayLoad
{
    public static async Task<int> RunAsync(Arguments arguments, double mostP50, double mostP99)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var nodeHttp = network.Client("node");
        await using var models = await FastModels.StartAsync();
        using var owner = new LocalSigner(InferenceLoad.Account(1));
        await using var gateway = await CoordinateAsync(nodeHttp, owner.Address, network.Folder("gateway"));
        var url = new Uri(gateway.Urls.Single());
        await using var shop = await InferenceLoad.StartAsync(
            models, nodeHttp, owner, network.Folder("shop"), o => o.CoordinatorUrl = url);
        using var direct = new HttpClient { BaseAddress = new Uri(shop.Urls.Single() + "/v1/") };
        using var through = new HttpClient { BaseAddress = new Uri(url, "/v1/") };
        var me = await shop.Services.GetRequiredService<ProviderSelf>().WhenKnownAsync(default);
        await LinkedAsync(gateway);

        var (near, far) = (new ChannelBuyer(InferenceLoad.Account(2), me.ChainId),
            new ChannelBuyer(InferenceLoad.Account(4), me.ChainId));
        foreach (var (http, buyer) in new[] { (direct, near), (through, far) })
        {
            using var opened = await InferenceLoad.BuyAsync(
                http, buyer, InferenceLoad.Body(8), UInt256.Parse("1000000000000000000000"));
            await opened.Content.ReadAsByteArrayAsync();
        }

        var (alone, passed) = await MeasureAsync(direct, through, models, near, far, arguments.Count);
        InferenceLoad.Tell("first token, paid at the provider", alone);
        InferenceLoad.Tell("first token, paid through the gateway", passed);
        var p50 = Figures.Quantile(passed, 0.5) - Figures.Quantile(alone, 0.5);
        var p99 = Figures.Quantile(passed, 0.99) - Figures.Quantile(alone, 0.99);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"added by the gateway: p50 {p50:0.00} ms, p99 {p99:0.00} ms "
            + $"(ratio {Figures.Quantile(passed, 0.5) / Figures.Quantile(alone, 0.5):0.00})"));
        return p50 <= mostP50 && p99 <= mostP99 ? 0 : 1;
    }

    private static async Task<(List<double> Alone, List<double> Passed)> MeasureAsync(
        HttpClient direct, HttpClient through, FastModels models, ChannelBuyer near, ChannelBuyer far, int count)
    {
        var body = InferenceLoad.Body(8);
        var required = await InferenceLoad.RequiredAsync(direct, body);
        var offered = await InferenceLoad.RequiredAsync(through, body);
        var (alone, passed) = (new List<double>(), new List<double>());
        for (var i = -50; i < count; i++)
        {
            var own = await InferenceLoad.FirstAsync(
                direct, models, InferenceLoad.Request(body, near.Pay(required)), near);
            var sold = await InferenceLoad.FirstAsync(
                through, models, InferenceLoad.Request(body, far.Pay(offered)), far);
            if (i < 0)
                continue;
            alone.Add(own);
            passed.Add(sold);
        }

        return (alone, passed);
    }

    private static async Task<WebApplication> CoordinateAsync(HttpClient node, Address evaluator, string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IEvaluatorAccount>(new BenchEvaluator());
        builder.Services.AddCoordinator(new CoordinatorOptions
        {
            DataDirectory = folder,
            NodeUrl = node.BaseAddress!,
            RequestsPerMinute = int.MaxValue,
        });
        var app = builder.Build();
        app.MapCoordinator();
        await app.StartAsync();
        var chain = new ChainClient(node);
        app.Services.GetRequiredService<MarketSelf>().Set(new MarketInfo(
            await chain.ChainIdAsync(), SystemContractAddresses.JobEscrow, evaluator, 3600, 1 << 20));
        return app;
    }

    private static async Task LinkedAsync(WebApplication gateway)
    {
        var catalog = gateway.Services.GetRequiredService<GatewayCatalog>();
        var began = Stopwatch.GetTimestamp();
        while (catalog.Models.Count == 0)
        {
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30))
                throw new TimeoutException("The provider has not linked.");
            await Task.Delay(20);
        }
    }
}
