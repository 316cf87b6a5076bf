using System.Text.Json;
using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
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
        if (!await db.Providers.AnyAsync(p => p.Address == offer.Provider, cancel))
            throw Refusal.Of(
                404,
                ProblemCodes.ProviderNotFound,
                $"{offer.Provider} is not registered.",
                "Register with POST /v1/providers.");
        var id = offer.Id();
        var known = await db.Offers.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancel);
        await CheckPlaceAsync(db, offer, known, cancel);
        var row = RowOf(offer, price, await OfferWeight.OfAsync(db, offer.Provider, cancel));
        db.Entry(row).State = known is null ? EntityState.Added : EntityState.Modified;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        if (known is not null && known.ResourceClass != row.ResourceClass)
            await books.RefreshAsync(known.ResourceClass, id, cancel);
        await books.RefreshAsync(row.ResourceClass, id, cancel);
        return await FindAsync(id, cancel) ?? throw Unknown(id);
    }

    public async Task<OfferView?> FindAsync(Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Offers.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancel);
        return row is null ? null : (await ViewsAsync(db, [row], cancel))[0];
    }

    public async Task<OfferPage> ListAsync(OfferFilter filter, int limit, string? after, CancellationToken cancel)
    {
        var privacy = PrivacyClass.Rank(filter.Privacy ?? PrivacyClass.Open)
            ?? throw Refusal.Invalid("privacy is open, no-log or attested.");
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await using var db = await databases.CreateDbContextAsync(cancel);
        var rows = OfferCursor.After(db, after).AsNoTracking()
            .Where(o => o.ExpiresAtMs > nowMs && o.Capacity > 0 && o.PrivacyRank >= privacy);
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

    private static async Task CheckPlaceAsync(
        CoordinatorDbContext db, MarketOffer offer, OfferRow? known, CancellationToken cancel)
    {
        if (known is not null && known.IssuedAt > (long)offer.IssuedAt)
            throw Refusal.Of(409, ProblemCodes.Conflict, "A newer offer of this name is here.", "Sign a new one.");
        var provider = offer.Provider;
        if (known is null && await db.Offers.CountAsync(o => o.Provider == provider, cancel) >= MostOffers)
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
        return [.. rows.Select(r => new OfferView
        {
            Id = r.Id,
            Offer = JsonSerializer.Deserialize(r.OfferJson, MarketJson.Default.MarketOffer)!,
            Price = Prices.Wide(r.Price),
            Slots = r.Capacity == 0 ? 0 : r.Slots,
            Free = r.Capacity == 0 ? 0 : Math.Max(0, r.Slots - held.GetValueOrDefault(r.Id)),
            ServeRate = seen.GetValueOrDefault(r.Provider)?.ServeRate ?? ServeRecord.Newcomer,
            Score = ReputationTally.Highest - r.Rank,
            Online = seen.GetValueOrDefault(r.Provider)?.LastSeenAtMs >= oldest,
        })];
    }

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
        OfferJson = JsonSerializer.Serialize(offer, MarketJson.Default.MarketOffer),
    };

    private static AitbcException Unknown(Hash256 id) => Refusal.Of(
        404, ProblemCodes.OfferNotFound, $"There is no offer {id}.", "List offers with GET /v1/offers.");
}
