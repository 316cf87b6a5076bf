using System.Text.Json;
using Aitbc.Coordinator.Book;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Quotes;

/// <summary>
/// Firm quotes. The slot is taken in a turn of the class's book, so that quotes and matches never give one slot away
/// twice; the signature follows outside of it.
/// </summary>
internal sealed class QuoteDesk(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    Books books,
    Committees committees,
    MarketSelf self,
    IEvaluatorAccount account,
    CoordinatorOptions options,
    TimeProvider time)
{
    /// <summary>Slots that one client may hold without having paid for them.</summary>
    public const int MostOpen = 32;

    public async Task<MarketQuote> QuoteAsync(Address client, QuoteRequest request, CancellationToken cancel)
    {
        _ = self.Known;
        var kind = Check(request, out var privacy);
        var gpu = OfferGpu.LeastRank(request.Gpu);
        if (await books.FindAsync(kind, cancel) is not { } book)
            throw NoOffer(kind, "class", null);
        var row = await book.TurnAsync(turn => HoldAsync(turn, client, request, (privacy, gpu)), cancel);
        return await SignedAsync(row, cancel);
    }

    public async Task<MarketQuote> FindAsync(Address client, Hash256 id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Quotes.AsNoTracking().FirstOrDefaultAsync(q => q.Id == id && q.Client == client, cancel);
        return await SignedAsync(row ?? throw Unknown(id), cancel);
    }

    /// <summary>
    /// Signs a quote when it is first shown. The signature is kept only to spare the wallet: should a power cut lose
    /// it, the same is made again.
    /// </summary>
    public async Task<MarketQuote> SignedAsync(QuoteRow row, CancellationToken cancel)
    {
        var quote = row.Quote();
        if (row.Signature is not null)
            return quote;
        var market = self.Known;
        var typed = quote.ToTypedData(market.ChainId, market.Escrow);
        var signature = Hex.ToHex(
            (await account.SignTypedDataAsync(market.Evaluator, typed, cancel)).ToBytes65());
        var id = row.Id;
        await using var db = await databases.CreateDbContextAsync(cancel);
        await store.WithoutSyncAsync(db, cancel);
        await db.Quotes.Where(q => q.Id == id && q.Signature == null)
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.Signature, signature), cancel);
        return quote with { Signature = signature };
    }

    public static AitbcException Unknown(Hash256 id) => Refusal.Of(
        404, ProblemCodes.QuoteNotFound, $"You have no quote {id}.", "Ask for one with POST /v1/quotes.");

    private static ResourceClass Check(QuoteRequest request, out int privacy)
    {
        if (!JobId.IsValidKey(request.IdempotencyKey))
            throw Refusal.Invalid("idempotencyKey is 1 to 64 printable ASCII characters without spaces.");
        if (request.Spec.Problem() is { } problem)
            throw Refusal.Invalid(problem);
        if (request.Exclude is { Count: > QuoteRequest.MostExcluded })
            throw Refusal.Invalid($"exclude names at most {QuoteRequest.MostExcluded} providers.");
        if (request.Within is < 1 or > JobLevel.MostSeconds)
            throw Refusal.Invalid($"within is 1 to {JobLevel.MostSeconds} seconds.");
        Committees.Check(request.Reexecution, request.Spec);
        if (request is { Reexecution: not null, Within: not null })
            throw Refusal.Invalid("A job with a committee has no service level: ask for reexecution or within.");
        privacy = PrivacyClass.Rank(request.Privacy ?? PrivacyClass.Open)
            ?? throw Refusal.Invalid("privacy is open, no-log or attested.");
        return ResourceClass.Of(request.Spec)
            ?? throw Refusal.Invalid("The specification belongs to no class that the market trades.");
    }

    private async Task<QuoteRow> HoldAsync(
        BookTurn turn, Address client, QuoteRequest request, (int Privacy, int Gpu) ranks)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var (db, jobId) = (turn.Db, JobId.Derive(client, request.IdempotencyKey));
        await turn.BeginAsync();
        await store.LockAsync(db, "client", client.ToArray(), CancellationToken.None);
        if (await OpenAsync(db, jobId, nowMs) is { } known)
            return IsFor(known.Quote(), request) ? known : throw Refusal.Of(
                409,
                ProblemCodes.Conflict,
                "The idempotency key has an open quote for another specification or committee.",
                "Use another key, or wait until that quote expires.");
        if (await HeldAsync(db, client, nowMs) >= MostOpen)
            throw Refusal.Of(
                429,
                ProblemCodes.RateLimited,
                $"You hold {MostOpen} slots that are not paid.",
                "Order and pay what was quoted, or wait until quotes expire.",
                retryable: true);
        var need = new QuoteNeed(
            turn.Kind,
            request,
            client,
            (long)Math.Min(request.Spec.WorstCaseUnits(), long.MaxValue),
            ranks.Privacy,
            ranks.Gpu,
            nowMs,
            Books.OldestMs(now, options));
        var offer = await QuoteSearch.FindAsync(db, need) ?? throw await ExplainAsync(db, need);
        if (request.MaxPrice is { } most && QuoteSearch.Total(offer, need.Units) is var total && total > most)
            throw TooDear(offer, need, total, most);
        var row = await RowAsync(db, offer, client, request, nowMs, await CommitteeAsync(db, offer, need));
        db.Quotes.Add(row);
        await turn.CommitAsync(OneLess(turn.Book.Find(offer.Id), nowMs), nowMs);
        return row;
    }

    private static bool IsFor(MarketQuote open, QuoteRequest request) =>
        open.SpecHash == request.Spec.Hash()
        && open.Reexecution?.Reexecutors.Count == request.Reexecution?.Committee;

    private async Task<JobReexecution?> CommitteeAsync(CoordinatorDbContext db, OfferRow offer, QuoteNeed need) =>
        need.Request.Reexecution is not { } asked ? null : await committees.NameAsync(
            db,
            new CommitteeNeed(
                asked.Committee,
                need.Request.Spec,
                need.Client,
                offer.Provider,
                QuoteSearch.Total(offer, need.Units)),
            CancellationToken.None);

    private Task<QuoteRow> RowAsync(
        CoordinatorDbContext db,
        OfferRow offer,
        Address client,
        QuoteRequest request,
        long nowMs,
        JobReexecution? reexecution)
    {
        var signed = JsonSerializer.Deserialize(offer.OfferJson, MarketJson.Default.MarketOffer)!;
        return QuoteMaking.MakeAsync(db, offer, new QuoteTerms(
            JobId.Derive(client, request.IdempotencyKey),
            client,
            request.Spec,
            signed.UnitPrice,
            signed.UnitsPer,
            nowMs,
            nowMs + (options.QuoteSeconds * 1000L),
            reexecution));
    }

    /// <summary>The slot that is held leaves the book.</summary>
    private static IReadOnlyList<BookInput> OneLess(BookOrder? ask, long nowMs) => ask switch
    {
        null => [],
        { Quantity: 1 } => [BookInput.Cancel(nowMs, ask.Id)],
        _ =>
        [
            new BookInput
            {
                Kind = BookInputKind.Replace,
                AtMs = nowMs,
                Order = ask.Id,
                Side = BookSide.Ask,
                Owner = ask.Owner,
                Price = ask.Price,
                Quantity = ask.Quantity - 1,
                Score = ask.Score,
                ExpiresAtMs = ask.ExpiresAtMs,
            },
        ],
    };

    private static Task<QuoteRow?> OpenAsync(CoordinatorDbContext db, Hash256 jobId, long nowMs) =>
        db.Quotes.AsNoTracking().Where(q => q.JobId == jobId && !q.Accepted && q.ExpiresAtMs > nowMs)
            .OrderByDescending(q => q.ExpiresAtMs).FirstOrDefaultAsync();

    private static Task<int> HeldAsync(CoordinatorDbContext db, Address client, long nowMs) => db.Quotes.CountAsync(
        q => q.Client == client && q.HoldUntilMs > nowMs
            && (!q.Accepted || db.Jobs.Any(j => j.Id == q.JobId && j.State == JobState.Quoted)));

    private static async Task<AitbcException> ExplainAsync(CoordinatorDbContext db, QuoteNeed need)
    {
        var (limit, nearest) = await QuoteSearch.ExplainAsync(db, need);
        return NoOffer(need.Kind, limit, nearest);
    }

    private static AitbcException NoOffer(ResourceClass kind, string limit, NearestOffer? nearest) =>
        new(Refusal.Of(
            409,
            ProblemCodes.NoOffer,
            limit == "exclude"
                ? $"Nobody sells {kind.Name} but those that are to be left out, and whom they belong to."
                : $"No offer of {kind.Name} fits: the limit '{limit}' leaves none."
                    + (nearest is null ? "" : $" The nearest has {limit} '{nearest.Value}'."),
            nearest is null ? "See GET /v1/offers for what is sold." : "Change that limit, or wait for an offer.",
            retryable: limit is "slots" or "online" or "class").Problem with
        { Limit = limit, Nearest = nearest });

    private static AitbcException TooDear(OfferRow offer, QuoteNeed need, UInt256 total, UInt256 most) =>
        new(Refusal.Of(
            409,
            ProblemCodes.PriceTooHigh,
            $"The cheapest offer that fits costs at most {Amount.FromAtto(total)} for this job; "
                + $"you pay at most {Amount.FromAtto(most)}.",
            "Raise maxPrice, lower the limits of the specification, or bid for a price.").Problem with
        {
            Limit = "price",
            Nearest = QuoteSearch.Near(offer, total.ToString(), need.Units),
        });
}
