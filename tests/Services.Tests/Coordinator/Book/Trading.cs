using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Coordinator.Book;

/// <summary>Offers and quotes as the tests make them.</summary>
internal static class Trading
{
    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static MarketOffer Offer(
        this Market market, LocalSigner key, UInt256 price, int capacity = 1, string name = "one") => new()
        {
            Provider = key.Address,
            Name = name,
            Engine = "wasm",
            ResourceClass = "wasm",
            UnitKind = "fuel",
            UnitPrice = price,
            UnitsPer = 1_000_000_000,
            MaxUnits = 2_000_000_000,
            Capacity = capacity,
            Region = "eu-1",
            Warmth = MarketOffer.Warm,
            IssuedAt = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds(),
            ExpiresAt = (ulong)market.Time.GetUtcNow().ToUnixTimeSeconds() + 86_400,
        };

    /// <summary>Registers the key's account as a provider and puts an offer on the market.</summary>
    public static async Task<OfferView> SellAsync(
        this Market market,
        LocalSigner key,
        UInt256 price,
        int capacity = 1,
        Func<MarketOffer, MarketOffer>? change = null)
    {
        var provider = market.As(key);
        await provider.RegisterAsync("", [new Offer("wasm", "wasm", "fuel", 1, 1, 1)], Cancel);
        var offer = market.Offer(key, price, capacity);
        return await provider.PutOfferAsync(change?.Invoke(offer) ?? offer, Cancel);
    }

    public static async Task<QuoteRequest> WantAsync(this Market market, string key = "order-1") => new()
    {
        IdempotencyKey = key,
        Spec = (await market.OrderRequestAsync(key, 1_000_000_000)).Spec,
    };

    public static async Task<BidRequest> BidAsync(this Market market, UInt256 price, string key = "order-1") => new()
    {
        IdempotencyKey = key,
        Spec = (await market.OrderRequestAsync(key, 1_000_000_000)).Spec,
        Price = price,
        Seconds = 3600,
    };

    public static async Task<AitbcProblem> RefusedAsync(Func<Task> attempt) =>
        (await Assert.ThrowsAsync<AitbcException>(attempt)).Problem;
}
