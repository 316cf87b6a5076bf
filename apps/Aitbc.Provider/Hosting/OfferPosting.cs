using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// Puts on the market what this provider can run now, and takes back what it no longer can. Offers end by themselves,
/// so that those of a provider that is gone for good do not stay.
/// </summary>
internal sealed class OfferPosting(
    ProviderOptions options,
    CoordinatorLink coordinator,
    EngineCatalog engines,
    LevelPromises promises,
    ProviderSelf self,
    GpuStanding gpus,
    TimeProvider time,
    ILogger<OfferPosting> log)
{
    /// <summary>Time between two postings: the offers then have half of their life left.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromHours(1);

    // The market takes 64 offers of a provider; those of other engines and of models that went away must fit too.
    private const int MostModels = 32;
    private const int LongestName = 64;

    private readonly Dictionary<string, MarketOffer> _posted = new(StringComparer.Ordinal);

    /// <summary>One caller at a time.</summary>
    public async Task PostAsync(CancellationToken cancel)
    {
        var offers = new List<MarketOffer>();
        foreach (var engine in engines.All)
        {
            var models = engine is ModelEngine server ? await server.ModelsAsync(cancel) : null;
            foreach (var offer in await engine.LookAsync(cancel))
                offers.AddRange(Of(offer, models?.Models ?? []));
        }

        var names = offers.Select(o => o.Name).ToHashSet();
        foreach (var gone in _posted.Values.Where(o => !names.Contains(o.Name)).ToList())
        {
            if (await TryPostAsync(gone with { Capacity = 0 }, cancel))
                _posted.Remove(gone.Name);
        }

        foreach (var offer in offers)
        {
            if (await TryPostAsync(offer, cancel))
                _posted[offer.Name] = offer;
        }
    }

    /// <summary>What the market has no class for is sold by registration alone.</summary>
    private IEnumerable<MarketOffer> Of(EngineOffer offer, IReadOnlyList<ModelState> models)
    {
        if (ResourceClass.TryParse(offer.ResourceClass) is { } kind)
            return kind.Engine == offer.Engine ? [Make(offer, kind, MarketOffer.Warm)] : [];
        return models
            .Where(m => m.Capabilities.Count == 0 || m.Capabilities.Contains("completion"))
            .Select(m => (Kind: ResourceClass.TryParse($"model/{m.Name}"), Model: m))
            .Where(c => c.Kind?.Engine == offer.Engine && JobId.IsValidKey(c.Kind.Name))
            .Take(MostModels)
            .Select(c => Make(offer, c.Kind!, c.Model.Warm == true ? MarketOffer.Warm : MarketOffer.Cold) with
            {
                ModelDigest = DigestOf(c.Model),
            });
    }

    /// <summary>Zero where the server states none of 32 bytes.</summary>
    private static Hash256 DigestOf(ModelState model)
    {
        var hex = model.Digest?.Replace("sha256:", "", StringComparison.Ordinal);
        return Hash256.TryParse($"0x{hex}", out var digest) ? digest : default;
    }

    /// <summary>Names are short; so much of an image's digest tells the offers of one provider apart.</summary>
    private static string NameOf(ResourceClass kind) =>
        kind.Name.Length <= LongestName ? kind.Name : kind.Name[..LongestName];

    private MarketOffer Make(EngineOffer offer, ResourceClass kind, string warmth) => new()
    {
        Provider = self.Identity!.Address,
        Name = NameOf(kind),
        Engine = offer.Engine,
        ResourceClass = kind.Name,
        UnitKind = offer.UnitKind,
        UnitPrice = offer.Price.Price,
        UnitsPer = offer.Price.Per,
        MaxUnits = offer.MaxUnits,
        Capacity = options.Slots,
        Warmth = warmth,
        LevelSeconds = promises.Of(offer.Engine)?.Seconds ?? 0,
        LevelCredit = promises.Of(offer.Engine)?.Credit ?? 0,
        IssuedAt = 0,
        ExpiresAt = 0,
    };

    /// <summary>A refusal that would be the same again is told and not repeated before the next renewal.</summary>
    private async Task<bool> TryPostAsync(MarketOffer offer, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var timed = offer with
        {
            IssuedAt = (ulong)now.ToUnixTimeSeconds(),
            ExpiresAt = (ulong)(now + (2 * Renewal)).ToUnixTimeSeconds(),
        };
        try
        {
            await PostMarkedAsync(offer.Capacity == 0 ? timed : gpus.Mark(timed), cancel);
            return true;
        }
        catch (AitbcException refusal) when (!refusal.Problem.Retryable)
        {
            log.LogWarning("The offer {Offer} is refused: {Reason}", offer.Name, refusal.Message);
            return false;
        }
    }

    /// <summary>Whatever is wrong with an attestation keeps nothing off the market.</summary>
    private async Task PostMarkedAsync(MarketOffer offer, CancellationToken cancel)
    {
        try
        {
            await coordinator.OfferAsync(offer, cancel);
        }
        catch (AitbcException refusal) when (refusal.Problem.Code == ProblemCodes.GpuProofInvalid)
        {
            log.LogWarning("The offer {Offer} goes without its proof: {Reason}", offer.Name, refusal.Message);
            await coordinator.OfferAsync(GpuStanding.Unproven(offer), cancel);
        }
    }
}
