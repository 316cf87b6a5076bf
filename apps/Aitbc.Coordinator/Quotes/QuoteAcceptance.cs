using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Quotes;

/// <summary>
/// An order takes a quote: its price goes into the terms, and its slot stays held while the job is paid.
/// </summary>
internal sealed class QuoteAcceptance(
    IDbContextFactory<CoordinatorDbContext> databases, CoordinatorOptions options, TimeProvider time)
{
    public async Task<MarketQuote> QuoteOfAsync(Address client, OrderRequest order, CancellationToken cancel)
    {
        var id = order.QuoteId!.Value;
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Quotes.AsNoTracking().FirstOrDefaultAsync(q => q.Id == id && q.Client == client, cancel)
            ?? throw QuoteDesk.Unknown(id);
        var quote = row.Quote();
        if (row.JobId != JobId.Derive(client, order.IdempotencyKey) || quote.SpecHash != order.Spec.Hash())
            throw Refusal.Of(
                409,
                ProblemCodes.Conflict,
                "The quote is for another idempotency key or specification.",
                "Order with the key and the specification that were quoted.");
        if (row.ExpiresAtMs <= time.GetUtcNow().ToUnixTimeMilliseconds())
            throw Expired(id);
        if (order.Reexecution?.Committee != quote.Reexecution?.Reexecutors.Count)
            throw Refusal.Of(
                409,
                ProblemCodes.Conflict,
                "The quote is with another committee, or without one.",
                "Order with the reexecution that was quoted.");
        if (order.Provider is { } provider && provider != quote.Provider)
            throw Refusal.Of(409, ProblemCodes.Conflict, $"The quote is from {quote.Provider}.");
        return order.MaxPrice is { } most && quote.Total > most
            ? throw Refusal.Of(
                409,
                ProblemCodes.PriceTooHigh,
                $"The quote is for at most {Amount.FromAtto(quote.Total)}; you pay at most {Amount.FromAtto(most)}.")
            : quote;
    }

    /// <summary>Part of the transaction that makes the job: exactly one order takes a quote.</summary>
    public async Task TakeAsync(CoordinatorDbContext db, Hash256 id, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var untilMs = nowMs + (options.FundSeconds * 1000L);
        var taken = await db.Quotes.Where(q => q.Id == id && !q.Accepted && q.ExpiresAtMs > nowMs)
            .ExecuteUpdateAsync(
                set => set.SetProperty(q => q.Accepted, true).SetProperty(q => q.HoldUntilMs, untilMs), cancel);
        if (taken != 1)
            throw Expired(id);
    }

    private static AitbcException Expired(Hash256 id) => Refusal.Of(
        409, ProblemCodes.QuoteExpired, $"The quote {id} has expired.", "Ask for another with POST /v1/quotes.");
}
