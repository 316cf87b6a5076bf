using System.Text.Json;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Quotes;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Book;

/// <summary>Makes a firm quote, with its slot held, of every trade, in the trade's own transaction.</summary>
internal sealed class Matches(CoordinatorOptions options)
{
    public async Task KeepAsync(
        CoordinatorDbContext db, ResourceClass kind, IReadOnlyList<BookFact> facts, long nowMs)
    {
        foreach (var fact in facts)
        {
            if (fact.Kind == BookFactKind.Traded)
                await QuoteAsync(db, kind, fact, nowMs);
            else if (fact is { Side: BookSide.Bid, Reason: BookReason.SelfTrade }
                && await db.Bids.FindAsync(fact.Order) is { } own)
                db.Entry(own).Property(b => b.Cancelled).CurrentValue = true;
        }
    }

    private async Task QuoteAsync(CoordinatorDbContext db, ResourceClass kind, BookFact trade, long nowMs)
    {
        if (await db.Offers.FindAsync(trade.Order) is not { } offer
            || await db.Bids.FindAsync(trade.Bid) is not { } bid)
        {
            throw new InvalidOperationException($"The trade {trade.Sequence} of {kind.Name} has no offer or bid.");
        }

        var quote = await QuoteMaking.MakeAsync(db, offer, new QuoteTerms(
            bid.JobId,
            bid.Client,
            JsonSerializer.Deserialize(bid.SpecJson, MarketJson.Default.JobSpec)!,
            Prices.Wide(trade.Price),
            kind.PricedPer,
            nowMs,
            nowMs + (options.MatchSeconds * 1000L)));
        db.Quotes.Add(quote);
        db.Entry(bid).Property(b => b.QuoteId).CurrentValue = quote.Id;
    }
}
