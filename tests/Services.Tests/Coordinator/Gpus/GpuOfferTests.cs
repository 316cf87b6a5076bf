using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Gpus;

/// <summary>What offers and quotes say of a graphics processor, and what they may not say.</summary>
public class GpuOfferTests : MarketSuite
{
    [Fact]
    public async Task Offers_say_none_claimed_or_proven_and_are_found_by_it()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var key = market.ProviderKey;
        await market.Provider.PutOfferAsync(market.ModelOffer(key, "a"), Cancel);
        await market.Provider.PutOfferAsync(market.ModelOffer(key, "b") with { Gpu = "Card" }, Cancel);
        await market.Provider.PutOfferAsync(market.ModelOffer(key, "c").With(seen, info), Cancel);

        var all = (await market.Client.OffersAsync(cancel: Cancel)).Offers.OrderBy(o => o.Offer.Name).ToList();

        Assert.Equal(["none", "claimed", "proven"], all.Select(o => o.GpuState));
        Assert.Equal([null, null, seen.ProvenAtMs], all.Select(o => o.GpuProvenAtMs));
        Assert.Equal(seen, all[2].Offer.GpuAttestation);
        Assert.True(all[2].Offer.IsSignedByProvider(info.ChainId, info.Escrow));
        Assert.Equal(["b", "c"], await NamesAsync(market, "claimed"));
        Assert.Equal(["c"], await NamesAsync(market, "proven"));
        Assert.Equal(["a", "b", "c"], await NamesAsync(market, "none"));
        var refused = await RefusedAsync(() => NamesAsync(market, "sure"));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Code);
    }

    [Fact]
    public async Task A_quote_takes_only_what_is_proven_where_that_is_asked_for_and_says_so_signed()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var want = Want() with { Gpu = "proven" };
        await market.Provider.PutOfferAsync(
            market.ModelOffer(market.ProviderKey) with { Gpu = Proving.Device, GpuMemoryMib = 2 }, Cancel);
        var claimed = await market.Client.QuoteAsync(Want("first"), Cancel);
        var refused = await RefusedAsync(() => market.Client.QuoteAsync(want, Cancel));
        var seen = await market.Provider.ProveAsync();
        await market.Provider.PutOfferAsync(market.ModelOffer(market.ProviderKey, "two").With(seen, info), Cancel);
        var quote = await market.Client.QuoteAsync(want, Cancel);

        Assert.Equal((Proving.Device, default), (claimed.Gpu, claimed.GpuProof));
        Assert.Equal((409, "gpu", "claimed"), (refused.Status, refused.Limit, refused.Nearest?.Value));
        Assert.Equal((Proving.Device, seen.Hash(info.ChainId, info.Escrow)), (quote.Gpu, quote.GpuProof));
        Assert.True(quote.IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        Assert.False((quote with { Gpu = "x" }).IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
        Assert.False((quote with { GpuProof = default }).IsSignedBy(info.Evaluator, info.ChainId, info.Escrow));
    }

    [Fact]
    public async Task An_attestation_that_does_not_show_what_the_offer_says_is_refused()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        await market.Stranger.RegisterAsync("", [new("wasm", "wasm", "fuel", 1, 1, 1)], Cancel);
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var foreign = await market.Stranger.ProveAsync();
        var bySomebody = await (seen with { Asker = market.StrangerKey.Address })
            .SignAsync(market.StrangerKey, info.ChainId, info.Escrow, Cancel);
        var offer = market.ModelOffer(market.ProviderKey);
        var right = offer.With(seen, info);
        MarketOffer[] wrong =
        [
            offer.With(foreign, info),
            offer.With(bySomebody, info),
            offer.With(seen with { ElapsedMs = seen.ElapsedMs + 1 }, info),
            right with { Gpu = "NVIDIA H200" },
            right with { GpuMemoryMib = 143_771 },
            right with { GpuProof = Keccak256.Hash([1]) },
            right with { GpuAttestation = foreign },
            right with { ExpiresAt = ((seen.ProvenAtMs + GpuAttestation.LongestAgeMs) / 1000) + 1 },
        ];

        foreach (var (one, at) in wrong.Select((w, at) => (w, at)))
        {
            var refused = await RefusedAsync(() => market.Provider.PutOfferAsync(one, Cancel));
            Assert.Equal((at, 422, ProblemCodes.GpuProofInvalid), (at, refused.Status, refused.Code));
        }

        Assert.Equal("proven", (await market.Provider.PutOfferAsync(right, Cancel)).GpuState);
    }

    [Fact]
    public async Task What_no_offer_may_say_is_refused()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var offer = market.ModelOffer(market.ProviderKey);
        MarketOffer[] wrong =
        [
            market.Offer(market.ProviderKey, 30) with { Gpu = "Card" },
            offer with { GpuMemoryMib = 1 },
            offer with { Gpu = new string('x', 97) },
            offer with { Gpu = "a\tb" },
            offer with { Gpu = "Card", GpuMemoryMib = GpuAttestation.MostMemoryMib + 1 },
            offer.With(seen, info) with { GpuProof = default },
            offer.With(seen, info) with { GpuAttestation = null },
            offer.With(seen, info) with { Gpu = "", GpuMemoryMib = 0 },
        ];

        foreach (var (one, at) in wrong.Select((w, at) => (w, at)))
        {
            var refused = await RefusedAsync(() => market.Provider.PutOfferAsync(one, Cancel));
            Assert.Equal((at, 400, ProblemCodes.InvalidRequest), (at, refused.Status, refused.Code));
        }
    }

    [Fact]
    public async Task An_offer_with_another_attestation_than_its_provider_signed_is_refused()
    {
        await using var market = await StartAsync();
        await market.RegisterAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var claimed = await (market.ModelOffer(market.ProviderKey) with { Gpu = seen.Device, GpuMemoryMib = 2 })
            .SignAsync(market.ProviderKey, info, Cancel);

        var refused = await RefusedAsync(() => market.Client.SendOfferAsync(claimed.With(seen, info), Cancel));

        Assert.Equal((401, ProblemCodes.Unauthorized), (refused.Status, refused.Code));
    }

    private static QuoteRequest Want(string key = "order") => new()
    {
        IdempotencyKey = key,
        Spec = new JobSpec
        {
            Engine = "ollama",
            Ollama = new OllamaSpec
            {
                Model = "qwen3:8b",
                Messages = [new ChatMessage("user", "hello")],
                MaxOutputTokens = 10,
            },
        },
    };

    private static async Task<IEnumerable<string>> NamesAsync(Market market, string gpu) =>
        (await market.Client.OffersAsync(new OfferFilter { Gpu = gpu }, cancel: Cancel)).Offers
            .Select(o => o.Offer.Name).Order();
}
