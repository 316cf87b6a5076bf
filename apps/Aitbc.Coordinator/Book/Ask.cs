using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>What of an offer rests in the book: its price, free slots, score and end.</summary>
internal sealed record Ask(UInt128 Price, long Free, int Score, long ExpiresAtMs)
{
    public static Ask Of(BookOrder order) => new(order.Price, order.Quantity, order.Score, order.ExpiresAtMs);

    /// <summary>What an offer of the class wants in the book, in one statement; null if there is none.</summary>
    public static async Task<Offered?> FindAsync(
        CoordinatorDbContext db, ResourceClass kind, Hash256 offer, long nowMs, long oldestMs)
    {
        var name = kind.Name;
        var found = await db.Offers.AsNoTracking().Where(o => o.Id == offer && o.ResourceClass == name)
            .Select(o => new
            {
                o.Provider,
                Line = new Line(o.Id, o.Price, o.Rank, o.ExpiresAtMs, o.MaxUnits, o.Capacity, o.Slots),
                IsOnline = db.Providers.Any(p => p.Address == o.Provider && p.LastSeenAtMs >= oldestMs),
                Held = db.Quotes.Count(q => q.OfferId == offer && q.HoldUntilMs > nowMs),
            }).FirstOrDefaultAsync();
        return found is null ? null : new Offered(
            found.Provider, found.IsOnline ? Of(kind, found.Line, found.Held, nowMs) : null);
    }

    public static async Task<Dictionary<Hash256, Ask>> AllAsync(
        CoordinatorDbContext db, ResourceClass kind, long nowMs, long oldestMs, CancellationToken cancel)
    {
        var name = kind.Name;
        var held = await db.Quotes.Where(q => q.HoldUntilMs > nowMs)
            .Join(db.Offers.Where(o => o.ResourceClass == name), q => q.OfferId, o => o.Id, (q, o) => o.Id)
            .GroupBy(id => id).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancel);
        var asks = new Dictionary<Hash256, Ask>();
        await foreach (var row in db.Offers.AsNoTracking()
            .Where(o => o.ResourceClass == name
                && db.Providers.Any(p => p.Address == o.Provider && p.LastSeenAtMs >= oldestMs))
            .Select(o => new Line(o.Id, o.Price, o.Rank, o.ExpiresAtMs, o.MaxUnits, o.Capacity, o.Slots))
            .AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (Of(kind, row, held.GetValueOrDefault(row.Id), nowMs) is { } ask)
                asks[row.Id] = ask;
        }

        return asks;
    }

    public static BookInput? Change(Hash256 offer, Address owner, BookOrder? rests, Ask? wanted, long nowMs)
    {
        if (wanted is null)
            return rests is null ? null : BookInput.Cancel(nowMs, offer);
        if (rests is not null && Of(rests) == wanted)
            return null;
        return new BookInput
        {
            Kind = rests is null ? BookInputKind.Place : BookInputKind.Replace,
            AtMs = nowMs,
            Order = offer,
            Side = BookSide.Ask,
            Owner = owner,
            Price = wanted.Price,
            Quantity = wanted.Free,
            Score = wanted.Score,
            ExpiresAtMs = wanted.ExpiresAtMs,
        };
    }

    private static Ask? Of(ResourceClass kind, Line row, int held, long nowMs)
    {
        var free = row.Capacity == 0 ? 0 : row.Slots - held;
        return free > 0 && row.ExpiresAtMs > nowMs && row.MaxUnits >= (long)kind.SlotUnits
            ? new Ask(row.Price, free, ReputationTally.Highest - row.Rank, row.ExpiresAtMs) : null;
    }

    /// <summary>What of an offer's row matters here: without the offer itself, which is the most of it.</summary>
    private sealed record Line(
        Hash256 Id, UInt128 Price, int Rank, long ExpiresAtMs, long MaxUnits, int Capacity, int Slots);
}

/// <summary>An offer as its class's book sees it.</summary>
/// <param name="Owner">Its provider.</param>
/// <param name="Ask">Null if it has no place in the book now.</param>
internal sealed record Offered(Address Owner, Ask? Ask);
