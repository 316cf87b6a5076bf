using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Offers;

/// <summary>What of a provider decides where its offers stand and how many jobs at once they count for.</summary>
internal sealed record OfferWeight(int ServeRate, int Score, bool IsOnProbation)
{
    /// <summary>The better goes first in an ascending index.</summary>
    public int Rank => ReputationTally.Highest - Score;

    public int Slots(int capacity) => ServeRecord.Slots(capacity, ServeRate, IsOnProbation);

    public static async Task<OfferWeight> OfAsync(
        CoordinatorDbContext db, Address provider, CancellationToken cancel)
    {
        var rate = await db.Providers.Where(p => p.Address == provider).Select(p => (int?)p.ServeRate)
            .FirstOrDefaultAsync(cancel);
        var standing = await db.Standings.AsNoTracking().FirstOrDefaultAsync(s => s.Provider == provider, cancel);
        return Of(rate, standing);
    }

    public static OfferWeight Of(int? serveRate, StandingRow? standing) => new(
        serveRate ?? ServeRecord.Newcomer, standing?.Score ?? ReputationTally.Newcomer, Probation.Holds(standing));

    /// <summary>Brings all offers of a provider to its weight; the caller holds the provider's lock.</summary>
    public static async Task ApplyAsync(CoordinatorDbContext db, Address provider, CancellationToken cancel)
    {
        var weight = await OfAsync(db, provider, cancel);
        foreach (var offer in await db.Offers.AsNoTracking().Where(o => o.Provider == provider)
            .Select(o => new { o.Id, o.Capacity, o.Rank, o.Slots }).ToListAsync(cancel))
        {
            var (id, rank, slots) = (offer.Id, weight.Rank, weight.Slots(offer.Capacity));
            if (offer.Rank == rank && offer.Slots == slots)
                continue;
            await db.Offers.Where(o => o.Id == id).ExecuteUpdateAsync(
                set => set.SetProperty(o => o.Rank, rank).SetProperty(o => o.Slots, slots), cancel);
        }
    }
}
