using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Offers;

/// <summary>What an offer must be before it is looked at twice.</summary>
internal static class OfferRules
{
    private const int MostCapacity = 10_000;
    private const int LongestWord = 128;
    private const int LongestRegion = 32;
    private const int FreshSeconds = 300;
    private const long LongestLife = 30 * 24 * 3600;

    // Products with 64-bit counts then stay within 256 bits.
    private static readonly UInt256 HighestPrice = UInt256.One * ulong.MaxValue * ulong.MaxValue;

    /// <summary>The price for the class's pricing quantity; a refusal otherwise.</summary>
    public static UInt128 Check(MarketOffer offer, MarketInfo market, DateTimeOffset now)
    {
        if (Flaw(offer, now.ToUnixTimeSeconds()) is { } flaw)
            throw Refusal.Invalid(flaw);
        var kind = ResourceClass.TryParse(offer.ResourceClass)!;
        if (kind.PriceOf(offer.UnitPrice, offer.UnitsPer) is not { } price)
            throw Refusal.Invalid($"The price for {kind.PricedPer} {kind.UnitKind} is at most 2^128 - 1 atto-AIT.");
        if (!offer.IsSignedByProvider(market.ChainId, market.Escrow))
            throw Refusal.Of(401, ProblemCodes.Unauthorized, "The offer is not signed by the provider that it names.");
        OfferGpu.Check(offer, kind, market);
        return Prices.Narrow(price);
    }

    private static string? Flaw(MarketOffer offer, long now)
    {
        if (!JobId.IsValidKey(offer.Name))
            return "name is 1 to 64 printable ASCII characters without spaces.";
        if (ResourceClass.TryParse(offer.ResourceClass) is not { } kind)
            return "resourceClass is model/NAME, gpu/NAME, wasm, js or container/sha256:HEX.";
        if (offer.UnitKind != kind.UnitKind)
            return $"unitKind of {kind.Name} is {kind.UnitKind}.";
        if (offer.Engine.Length is 0 or > LongestWord)
            return $"engine has 1 to {LongestWord} characters.";
        if (kind.Engine is { } engine && offer.Engine != engine)
            return $"engine of {kind.Name} is {engine}.";
        if (offer.UnitsPer == 0 || offer.UnitPrice > HighestPrice)
            return "unitsPer is at least 1, and unitPrice at most 2^128 - 2^65 + 1.";
        if (offer.MaxUnits is 0 or > long.MaxValue)
            return "maxUnits is 1 to 2^63 - 1.";
        if (offer.Capacity is < 0 or > MostCapacity)
            return $"capacity is 0 to {MostCapacity}.";
        if (offer.Region.Length > LongestRegion
            || !offer.Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            return $"region is at most {LongestRegion} of a-z, 0-9 and '-'.";
        if (PrivacyClass.Rank(offer.Privacy) is null)
            return "privacy is open, no-log or attested.";
        if (offer.Warmth is not (MarketOffer.Warm or MarketOffer.Cold))
            return "warmth is warm or cold.";
        if (offer.Level()?.Problem() is { } level)
            return level + " Without one, levelSeconds and levelCredit are 0.";
        if (offer.IssuedAt > long.MaxValue || Math.Abs(now - (long)offer.IssuedAt) > FreshSeconds)
            return $"issuedAt is more than {FreshSeconds} s away from this coordinator's clock.";
        return offer.ExpiresAt <= (ulong)now || offer.ExpiresAt > (ulong)(now + LongestLife)
            ? "expiresAt is in the future, at most 30 days ahead."
            : null;
    }
}
