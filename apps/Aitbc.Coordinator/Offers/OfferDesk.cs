using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Offers;

/// <summary>
/// What is for sale. An offer is the provider's own signed word; only a newer one of its name replaces it.
/// </summary>
internal sealed class OfferDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    Books books,
    MarketSelf self,
    CoordinatorOptions options,
    TimeProvider time)
{
    private const int MostOffers = 64;

    public async Task<OfferView> PutAsync(MarketOffer offer, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var price = OfferRules.Check(offer, self.Known, now);
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "provider", offer.Provider.ToArray(), cancel);
        var id = offer.Id();
        var place = await PlaceAsync(db, offer.Provider, id, cancel);
        CheckPlace(place, offer);
        var row = RowOf(offer, price, OfferWeight.Of(place.ServeRate, place.Standing));
        db.Entry(row).State = place.KnownIssuedAt is null ? EntityState.Added : EntityState.Modified;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (place.KnownClass is { } before && before != row.ResourceClass)
            await books.RefreshAsync(before, id, cancel);
        await books.RefreshAsync(row.ResourceClass, id, cancel);
        return await FindAsync(id, cancel) ?? throw Unknown(id);
    }

    public async Task<OfferView?> FindAsync(Hash256 id, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var found = await (
            from o in db.Offers.AsNoTracking()
            where o.Id == id
            join p in db.Providers on o.Provider equals p.Address into owners
            from p in owners.DefaultIfEmpty()
            select new
            {
                Row = o,
                Held = db.Quotes.Count(q => q.OfferId == id && q.HoldUntilMs > nowMs),
                ServeRate = (int?)p!.ServeRate,
                SeenAtMs = (long?)p.LastSeenAtMs,
            }).FirstOrDefaultAsync(cancel);
        return found is null ? null
            : ViewOf(found.Row, found.Held, found.ServeRate, found.SeenAtMs >= Books.OldestMs(now, options));
    }

    public async Task<OfferPage> ListAsync(OfferFilter filter, int limit, string? after, CancellationToken cancel)
    {
        var privacy = PrivacyClass.Rank(filter.Privacy ?? PrivacyClass.Open)
            ?? throw Refusal.Invalid("privacy is open, no-log or attested.");
        var gpu = OfferGpu.LeastRank(filter.Gpu);
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = OfferCursor.After(db, after).AsNoTracking()
            .Where(o => o.ExpiresAtMs > nowMs && o.Capacity > 0 && o.PrivacyRank >= privacy && o.GpuRank >= gpu);
        if (filter.ResourceClass is { } name)
            rows = rows.Where(o => o.ResourceClass == name);
        if (filter.Provider is { } provider)
            rows = rows.Where(o => o.Provider == provider);
        if (filter.Region is { } region)
            rows = rows.Where(o => o.Region == region);
        if (filter.Warm)
            rows = rows.Where(o => o.Warm);
        var page = await rows
            .OrderBy(o => o.ResourceClass).ThenBy(o => o.Price).ThenBy(o => o.Rank).ThenBy(o => o.IssuedAt)
            .ThenBy(o => o.Id).Take(limit + 1).ToListAsync(cancel);
        var next = page.Count > limit ? OfferCursor.Of(page[limit - 1]) : null;
        return new OfferPage(await ViewsAsync(db, [.. page.Take(limit)], cancel), next);
    }

    /// <summary>
    /// Everything that decides about an offer, asked once: its provider's lock is held meanwhile, and every statement
    /// is a way to the database and back. Null if the provider is not registered.
    /// </summary>
    private static Task<OfferPlace?> PlaceAsync(
        CoordinatorDbContext db, Address provider, Hash256 id, CancellationToken cancel) =>
        (from p in db.Providers
         where p.Address == provider
         join s in db.Standings.AsNoTracking() on p.Address equals s.Provider into standings
         from s in standings.DefaultIfEmpty()
         join o in db.Offers.Where(o => o.Id == id) on p.Address equals o.Provider into offers
         from o in offers.DefaultIfEmpty()
         select new OfferPlace(
             p.ServeRate,
             s,
             (long?)o!.IssuedAt,
             o.ResourceClass,
             db.Offers.Count(own => own.Provider == provider))).FirstOrDefaultAsync(cancel);

    private static void CheckPlace([NotNull] OfferPlace? place, MarketOffer offer)
    {
        if (place is null)
            throw Refusal.NoProvider(offer.Provider);
        if (place.KnownIssuedAt > (long)offer.IssuedAt)
            throw Refusal.Of(409, ProblemCodes.Conflict, "A newer offer of this name is here.", "Sign a new one.");
        if (place.KnownIssuedAt is null && place.Offers >= MostOffers)
            throw Refusal.Of(
                409,
                ProblemCodes.Conflict,
                $"A provider has at most {MostOffers} offers.",
                "Replace one: use its name again.");
    }

    private async Task<IReadOnlyList<OfferView>> ViewsAsync(
        CoordinatorDbContext db, IReadOnlyList<OfferRow> rows, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var (nowMs, oldest) = (now.ToUnixTimeMilliseconds(), Books.OldestMs(now, options));
        var ids = rows.Select(r => r.Id).ToList();
        var owners = rows.Select(r => r.Provider).Distinct().ToList();
        var held = await db.Quotes.Where(q => ids.Contains(q.OfferId) && q.HoldUntilMs > nowMs)
            .GroupBy(q => q.OfferId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        var seen = await db.Providers.Where(p => owners.Contains(p.Address))
            .Select(p => new { p.Address, p.LastSeenAtMs, p.ServeRate }).ToDictionaryAsync(p => p.Address, cancel);
        return
        [
            .. rows.Select(r => (Row: r, Owner: seen.GetValueOrDefault(r.Provider))).Select(r => ViewOf(
                r.Row, held.GetValueOrDefault(r.Row.Id), r.Owner?.ServeRate, r.Owner?.LastSeenAtMs >= oldest)),
        ];
    }

    private static OfferView ViewOf(OfferRow row, int held, int? serveRate, bool isOnline) => new()
    {
        Id = row.Id,
        Offer = JsonSerializer.Deserialize(row.OfferJson, MarketJson.Default.MarketOffer)!,
        Price = Prices.Wide(row.Price),
        Slots = row.Capacity == 0 ? 0 : row.Slots,
        Free = row.Capacity == 0 ? 0 : Math.Max(0, row.Slots - held),
        ServeRate = serveRate ?? ServeRecord.Newcomer,
        Score = ReputationTally.Highest - row.Rank,
        Online = isOnline,
    };

    private static OfferRow RowOf(MarketOffer offer, UInt128 price, OfferWeight weight) => new()
    {
        Id = offer.Id(),
        Provider = offer.Provider,
        ResourceClass = offer.ResourceClass,
        Price = price,
        Rank = weight.Rank,
        IssuedAt = (long)offer.IssuedAt,
        ExpiresAtMs = (long)offer.ExpiresAt * 1000,
        MaxUnits = (long)offer.MaxUnits,
        Capacity = offer.Capacity,
        Slots = weight.Slots(offer.Capacity),
        Region = offer.Region,
        PrivacyRank = PrivacyClass.Rank(offer.Privacy) ?? 0,
        Warm = offer.Warmth == MarketOffer.Warm,
        LevelSeconds = offer.LevelSeconds,
        GpuRank = GpuState.Rank(GpuState.Of(offer)) ?? 0,
        OfferJson = JsonSerializer.Serialize(offer, MarketJson.Default.MarketOffer),
    };

    private static AitbcException Unknown(Hash256 id) => Refusal.Of(
        404, ProblemCodes.OfferNotFound, $"There is no offer {id}.", "List offers with GET /v1/offers.");

    /// <summary>Where an offer would stand.</summary>
    /// <param name="ServeRate">Of its provider.</param>
    /// <param name="Standing">Of its provider; null = it has none yet.</param>
    /// <param name="KnownIssuedAt">When the offer was issued that has its name; null = none has.</param>
    /// <param name="KnownClass">The class of that one.</param>
    /// <param name="Offers">How many the provider has.</param>
    private sealed record OfferPlace(
        int ServeRate, StandingRow? Standing, long? KnownIssuedAt, string? KnownClass, int Offers);
}
