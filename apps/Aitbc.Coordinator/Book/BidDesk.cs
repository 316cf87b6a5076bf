using System.Text.Json;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Quotes;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>Jobs that wait for a price. A match becomes a firm quote, which its client then accepts.</summary>
internal sealed class BidDesk(
    IDbContextFactory<CoordinatorDbContext> databases, Books books, QuoteDesk quotes, IStore store,
    TimeProvider time)
{
    private const int MostOpen = 100;
    private const long LongestWait = 2_592_000;

    private static readonly UInt256 HighestPrice = new(ulong.MaxValue, ulong.MaxValue, 0, 0);

    public async Task<BidView> BidAsync(Address client, BidRequest bid, CancellationToken cancel)
    {
        var kind = Check(bid);
        if (await books.FindAsync(kind, cancel) is not { } book)
            throw Refusal.Of(
                409, ProblemCodes.NoOffer, $"Nobody ever offered {kind.Name}.", "See GET /v1/market/ticker.", true);
        var row = await book.TurnAsync(turn => PlaceAsync(turn, client, bid), cancel);
        return await ShowAsync(client, row, cancel);
    }

    public async Task<BidView> CancelAsync(Address client, Hash256 jobId, CancellationToken cancel)
    {
        var row = await OfAsync(client, jobId, cancel);
        if (ResourceClass.TryParse(row.ResourceClass) is { } kind && await books.FindAsync(kind, cancel) is { } book)
            await book.TurnAsync(turn => WithdrawAsync(turn, jobId), cancel);
        return await ShowAsync(client, jobId, cancel);
    }

    public async Task<BidView> ShowAsync(Address client, Hash256 jobId, CancellationToken cancel)
    {
        var row = await OfAsync(client, jobId, cancel);
        MarketQuote? quote = row.QuoteId is { } id ? await quotes.FindAsync(client, id, cancel) : null;
        return new BidView
        {
            JobId = row.JobId,
            ResourceClass = row.ResourceClass,
            Price = Prices.Wide(row.Price),
            State = StateOf(row),
            Until = DateTimeOffset.FromUnixTimeMilliseconds(row.UntilMs),
            Quote = quote,
        };
    }

    private BidState StateOf(BidRow row) => row switch
    {
        { QuoteId: not null } => BidState.Matched,
        { Cancelled: true } => BidState.Cancelled,
        _ => row.UntilMs <= time.GetUtcNow().ToUnixTimeMilliseconds() ? BidState.Expired : BidState.Resting,
    };

    private async Task<BidRow> OfAsync(Address client, Hash256 jobId, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Bids.AsNoTracking().FirstOrDefaultAsync(b => b.JobId == jobId && b.Client == client, cancel)
            ?? throw Refusal.NoJob(jobId);
    }

    private async Task<Hash256> PlaceAsync(BookTurn turn, Address client, BidRequest bid)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var db = turn.Db;
        var row = new BidRow
        {
            JobId = JobId.Derive(client, bid.IdempotencyKey),
            Client = client,
            ResourceClass = turn.Kind.Name,
            SpecJson = JsonSerializer.Serialize(bid.Spec, MarketJson.Default.JobSpec),
            Price = Prices.Narrow(bid.Price),
            UntilMs = nowMs + (bid.Seconds * 1000),
        };
        await turn.BeginAsync();
        await store.LockAsync(db, "client", client.ToArray(), CancellationToken.None);
        if (await db.Bids.AsNoTracking().FirstOrDefaultAsync(b => b.JobId == row.JobId) is { } known)
            return known.SpecJson == row.SpecJson && known.Price == row.Price ? row.JobId : throw Refusal.Of(
                409, ProblemCodes.Conflict, "The idempotency key is used by another bid.", "Use another key.");
        if (turn.Book.Find(row.JobId) is not null)
            throw Refusal.Of(
                409, ProblemCodes.Conflict, "An offer of yours has the name of this bid's key.", "Use another key.");
        if (await db.Bids.CountAsync(
            b => b.Client == client && b.UntilMs > nowMs && b.QuoteId == null && !b.Cancelled) >= MostOpen)
        {
            throw Refusal.Of(
                429, ProblemCodes.RateLimited, $"You have {MostOpen} bids that wait.", "Withdraw one.", true);
        }

        db.Bids.Add(row);
        await turn.CommitAsync(
            [
                new BookInput
                {
                    Kind = BookInputKind.Place,
                    AtMs = nowMs,
                    Order = row.JobId,
                    Side = BookSide.Bid,
                    Owner = client,
                    Price = row.Price,
                    Quantity = 1,
                    ExpiresAtMs = row.UntilMs,
                },
            ],
            nowMs);
        return row.JobId;
    }

    private async Task<bool> WithdrawAsync(BookTurn turn, Hash256 jobId)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        await turn.BeginAsync();
        if (turn.Book.Find(jobId) is not { Side: BookSide.Bid })
            return false;
        await turn.Db.Bids.Where(b => b.JobId == jobId)
            .ExecuteUpdateAsync(set => set.SetProperty(b => b.Cancelled, true));
        await turn.CommitAsync([BookInput.Cancel(nowMs, jobId)], nowMs);
        return true;
    }

    private static ResourceClass Check(BidRequest bid)
    {
        if (!JobId.IsValidKey(bid.IdempotencyKey))
            throw Refusal.Invalid("idempotencyKey is 1 to 64 printable ASCII characters without spaces.");
        if (bid.Spec.Problem() is { } problem)
            throw Refusal.Invalid(problem);
        if (bid.Seconds is < 1 or > LongestWait)
            throw Refusal.Invalid($"seconds is 1 to {LongestWait}.");
        if (bid.Price > HighestPrice)
            throw Refusal.Invalid("price is at most 2^128 - 1 atto-AIT.");
        var kind = ResourceClass.Of(bid.Spec)
            ?? throw Refusal.Invalid("The specification belongs to no class that the market trades.");
        return bid.Spec.WorstCaseUnits() <= kind.SlotUnits ? kind : throw Refusal.Invalid(
            $"A job in the book of {kind.Name} uses at most {kind.SlotUnits} {kind.UnitKind}.",
            "Lower the limits of the specification, or ask for a quote.");
    }
}
