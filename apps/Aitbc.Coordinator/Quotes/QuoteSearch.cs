using System.Globalization;
using System.Text.Json;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Quotes;

/// <summary>What a request asks of an offer.</summary>
internal sealed record QuoteNeed(
    ResourceClass Kind,
    QuoteRequest Request,
    Address Client,
    long Units,
    int PrivacyRank,
    int GpuRank,
    long NowMs,
    long OldestMs);

/// <summary>Finds the best offer with a free slot, or says which limit leaves none.</summary>
internal static class QuoteSearch
{
    private const int MostExplained = 1000;

    /// <summary>Null if no offer fits. Price, then score, then time, as in the book.</summary>
    public static Task<OfferRow?> FindAsync(CoordinatorDbContext db, QuoteNeed need)
    {
        var (name, nowMs, oldestMs, units) = (need.Kind.Name, need.NowMs, need.OldestMs, need.Units);
        var (client, privacy, gpu) = (need.Client, need.PrivacyRank, need.GpuRank);
        var offers = db.Offers.AsNoTracking().Where(o =>
            o.ResourceClass == name && o.Capacity > 0 && o.ExpiresAtMs > nowMs && o.MaxUnits >= units
            && o.PrivacyRank >= privacy && o.GpuRank >= gpu && o.Provider != client);
        if (need.Request.Provider is { } provider)
            offers = offers.Where(o => o.Provider == provider);
        if (need.Request.Exclude is { Count: > 0 } exclude)
            offers = offers.Where(o => !exclude.Contains(o.Provider) && !db.Providers.Any(
                p => p.Address == o.Provider && p.AgentWallet != null
                    && db.Providers.Any(e => exclude.Contains(e.Address) && e.AgentWallet == p.AgentWallet)));
        if (need.Request.Region is { } region)
            offers = offers.Where(o => o.Region == region);
        if (need.Request.Warm)
            offers = offers.Where(o => o.Warm);
        if (need.Request.Within is { } within)
            offers = offers.Where(o => o.LevelSeconds > 0 && o.LevelSeconds <= within);
        return offers
            .Where(o => db.Providers.Any(p => p.Address == o.Provider && p.LastSeenAtMs >= oldestMs)
                && db.Quotes.Count(q => q.OfferId == o.Id && q.HoldUntilMs > nowMs) < o.Slots)
            .OrderBy(o => o.Price).ThenBy(o => o.Rank).ThenBy(o => o.IssuedAt).ThenBy(o => o.Id)
            .FirstOrDefaultAsync();
    }

    /// <summary>
    /// Takes the limits one after the other: the first that leaves no offer is named, with the cheapest that was left.
    /// </summary>
    public static async Task<(string Limit, NearestOffer? Nearest)> ExplainAsync(
        CoordinatorDbContext db, QuoteNeed need)
    {
        var (name, nowMs, request) = (need.Kind.Name, need.NowMs, need.Request);
        var exclude = request.Exclude ?? [];
        var left = await db.Offers.AsNoTracking()
            .Where(o => o.ResourceClass == name && o.Capacity > 0 && o.ExpiresAtMs > nowMs)
            .OrderBy(o => o.Price).ThenBy(o => o.Rank).ThenBy(o => o.IssuedAt).ThenBy(o => o.Id)
            .Select(o => new Candidate(
                o,
                db.Providers.Where(p => p.Address == o.Provider).Select(p => p.LastSeenAtMs).FirstOrDefault(),
                exclude.Contains(o.Provider) || db.Providers.Any(
                    p => p.Address == o.Provider && p.AgentWallet != null
                        && db.Providers.Any(e => exclude.Contains(e.Address) && e.AgentWallet == p.AgentWallet)),
                db.Quotes.Count(q => q.OfferId == o.Id && q.HoldUntilMs > nowMs)))
            .Take(MostExplained).ToListAsync();
        if (left.Count == 0)
            return ("class", null);
        (string Limit, Func<Candidate, bool> Fits, Func<Candidate, string> Value)[] limits =
        [
            ("own", c => c.Row.Provider != need.Client, c => c.Row.Provider.ToString()),
            ("provider", c => request.Provider is null || c.Row.Provider == request.Provider,
                c => c.Row.Provider.ToString()),
            ("exclude", c => !c.IsExcluded, c => c.Row.Provider.ToString()),
            ("region", c => request.Region is null || c.Row.Region == request.Region, c => c.Row.Region),
            ("privacy", c => c.Row.PrivacyRank >= need.PrivacyRank, c => Signed(c).Privacy),
            ("gpu", c => c.Row.GpuRank >= need.GpuRank, c => GpuState.Of(Signed(c))),
            ("units", c => c.Row.MaxUnits >= need.Units, c => Number(c.Row.MaxUnits)),
            ("warm", c => !request.Warm || c.Row.Warm, c => Signed(c).Warmth),
            ("within", c => request.Within is null || (c.Row.LevelSeconds > 0 && c.Row.LevelSeconds <= request.Within),
                c => c.Row.LevelSeconds > 0 ? Number(c.Row.LevelSeconds) : "none"),
            ("online", c => c.LastSeenAtMs >= need.OldestMs, c => Number(c.LastSeenAtMs)),
        ];
        foreach (var (limit, fits, value) in limits)
        {
            var fitting = left.Where(fits).ToList();
            if (fitting.Count == 0)
                return (limit, Near(Nearest(limit, left), value, need));
            left = fitting;
        }

        return ("slots", Near(left[0], c => Number(c.Row.Slots), need));
    }

    private static Candidate Nearest(string limit, IReadOnlyList<Candidate> left) => limit switch
    {
        "units" => left.MaxBy(c => c.Row.MaxUnits)!,
        "within" => left.Where(c => c.Row.LevelSeconds > 0).MinBy(c => c.Row.LevelSeconds) ?? left[0],
        _ => left[0],
    };

    public static UInt256 Total(OfferRow row, long units)
    {
        var offer = Signed(row);
        return QuoteMaking.Total((ulong)units, offer.UnitPrice, offer.UnitsPer);
    }

    public static NearestOffer Near(OfferRow row, string value, long units) => new(
        row.Id.ToString(), row.Provider.ToString(), value, Total(row, units).ToString());

    private static NearestOffer Near(Candidate candidate, Func<Candidate, string> value, QuoteNeed need) =>
        Near(candidate.Row, value(candidate), need.Units);

    private static MarketOffer Signed(Candidate candidate) => Signed(candidate.Row);

    private static MarketOffer Signed(OfferRow row) =>
        JsonSerializer.Deserialize(row.OfferJson, MarketJson.Default.MarketOffer)!;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed record Candidate(OfferRow Row, long LastSeenAtMs, bool IsExcluded, int Held);
}
