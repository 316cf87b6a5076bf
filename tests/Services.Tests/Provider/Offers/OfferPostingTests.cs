using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Ollama;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Hosting;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Logging.Abstractions;
using Services.Tests.Coordinator;
using Services.Tests.Provider.Delivery;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Offers;

/// <summary>The posting of a provider against a coordinator and a server of models on real ports.</summary>
public sealed class OfferPostingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_provider_puts_its_engine_and_each_of_its_models_on_the_market_and_renews_them()
    {
        await using var market = await Market.StartAsync();
        await using var models = await ScriptedModels.StartAsync(Dialect.Ollama);
        await market.RegisterAsync();
        using var link = Link(market);
        using var server = new OllamaServer(new() { Host = models.Url }, TimeProvider.System);
        var posting = Posting(market, link, new CountingEngine(), Engine(server));
        await posting.PostAsync(Cancel);
        var first = await OffersAsync(market);
        Assert.Equal([$"model/{Dialect.Model}", "wasm"], first.Select(o => o.Offer.ResourceClass));
        Assert.Equal(("cold", "token", (UInt256)5), Of(first[0].Offer));
        Assert.Equal(("warm", "fuel", (UInt256)2), Of(first[1].Offer));
        Assert.All(first, o => Assert.Equal((3, true), (o.Free, o.Online)));
        Assert.Equal(
            [new JobLevel(300, 1_250), new JobLevel(60, 2_500)], first.Select(o => o.Offer.Level()));
        market.Time.Advance(OfferPosting.Renewal);
        await posting.PostAsync(Cancel);
        var renewed = await OffersAsync(market);
        Assert.Equal(first.Select(o => o.Id), renewed.Select(o => o.Id));
        Assert.Equal(first.Select(o => o.Offer.ExpiresAt + 3600), renewed.Select(o => o.Offer.ExpiresAt));
    }

    [Fact]
    public async Task A_model_whose_server_is_gone_is_withdrawn_at_the_renewal()
    {
        await using var market = await Market.StartAsync();
        await market.RegisterAsync();
        using var link = Link(market);
        await using var models = await ScriptedModels.StartAsync(Dialect.Ollama);
        using var server = new OllamaServer(new() { Host = models.Url }, TimeProvider.System);
        var posting = Posting(market, link, new CountingEngine(), Engine(server));
        await posting.PostAsync(Cancel);
        await models.DisposeAsync();
        await posting.PostAsync(Cancel);
        Assert.Equal(["wasm"], (await OffersAsync(market)).Select(o => o.Offer.Name));
    }

    [Fact]
    public async Task A_refused_offer_does_not_keep_the_others_off_the_market()
    {
        await using var market = await Market.StartAsync();
        await market.RegisterAsync();
        using var link = Link(market);
        await using var models = await ScriptedModels.StartAsync(Dialect.Ollama);
        using var server = new OllamaServer(new() { Host = models.Url }, TimeProvider.System);
        var newer = market.Time.GetUtcNow().AddSeconds(60);
        await market.Provider.PutOfferAsync(
            new MarketOffer
            {
                Provider = market.ProviderKey.Address,
                Name = "wasm",
                Engine = "wasm",
                ResourceClass = "wasm",
                UnitKind = "fuel",
                UnitPrice = 9,
                UnitsPer = 1,
                MaxUnits = 1,
                Capacity = 1,
                IssuedAt = (ulong)newer.ToUnixTimeSeconds(),
                ExpiresAt = (ulong)newer.ToUnixTimeSeconds() + 3600,
            },
            Cancel);
        await Posting(market, link, new CountingEngine(), Engine(server)).PostAsync(Cancel);
        var offers = await OffersAsync(market);
        Assert.Equal([5UL, 9UL], offers.Select(o => (ulong)o.Offer.UnitPrice));
    }

    private static (string Warmth, string UnitKind, UInt256 Price) Of(MarketOffer offer) =>
        (offer.Warmth, offer.UnitKind, offer.UnitPrice);

    private static OllamaEngine Engine(OllamaServer server) => new(new OllamaLimits(), new UnitPrice(5, 1), server);

    private static async Task<IReadOnlyList<OfferView>> OffersAsync(Market market) =>
        (await market.Client.OffersAsync(cancel: Cancel)).Offers;

    private static ProviderSelf Self(Market market)
    {
        var self = new ProviderSelf();
        self.Set(new ProviderIdentity(
            market.ProviderKey.Address, EscrowChain.ChainId, default, default, new HashSet<Address>()));
        return self;
    }

    private static ProviderOptions Options(Market market) => new()
    {
        DataDirectory = "not used",
        NodeUrl = market.Chain.Url,
        WalletUrl = market.Chain.Url,
        WalletTokenFile = "not used",
        CoordinatorUrl = market.Http.BaseAddress,
        Slots = 3,
    };

    private static GpuStanding Gpus(Market market) => new(
        Options(market),
        new GpuDetection(new NvidiaSmi(market.Time, "not used"), market.Time),
        new GpuAttestations("not used", market.Time),
        market.Time);

    private static CoordinatorLink Link(Market market) =>
        new(Options(market), Self(market), market.ProviderKey, market.Time);

    private static OfferPosting Posting(Market market, CoordinatorLink link, params IEngine[] engines) => new(
        Options(market),
        link,
        new EngineCatalog(engines),
        new LevelPromises(["60s:25%", "ollama=5m:12.5%"]),
        Self(market),
        Gpus(market),
        market.Time,
        NullLogger<OfferPosting>.Instance);
}
