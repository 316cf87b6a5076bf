using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Offers;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>The books of all classes, and what offers put into them.</summary>
internal sealed class Books(
    IDbContextFactory<CoordinatorDbContext> databases, Matches matches, CoordinatorOptions options, TimeProvider time)
    : IAsyncDisposable
{
    private const int MostClasses = 4096;

    private readonly ConcurrentDictionary<string, Lazy<BookActor>> actors = new(StringComparer.Ordinal);

    public IEnumerable<BookActor> All => actors.Values.Select(a => a.Value);

    public static long OldestMs(DateTimeOffset now, CoordinatorOptions options) =>
        now.AddSeconds(-options.OnlineSeconds).ToUnixTimeMilliseconds();

    public bool TryFind(string name, [NotNullWhen(true)] out BookActor? actor)
    {
        actor = actors.TryGetValue(name, out var made) ? made.Value : null;
        return actor is not null;
    }

    /// <summary>The book of a class that something is offered or wanted in.</summary>
    public BookActor Open(ResourceClass kind) =>
        TryFind(kind.Name, out var known) ? known
        : actors.Count >= MostClasses
            ? throw Refusal.Of(503, ProblemCodes.Busy, $"The market trades {MostClasses} classes already.")
            : actors.GetOrAdd(
                kind.Name, _ => new Lazy<BookActor>(() => new BookActor(kind, databases, matches))).Value;

    /// <summary>Brings one offer's ask to what the offer has free.</summary>
    public Task RefreshAsync(string name, Hash256 offer, CancellationToken cancel) =>
        ResourceClass.TryParse(name) is { } kind
            ? Open(kind).TurnAsync(turn => RefreshAsync(turn, offer), cancel) : Task.CompletedTask;

    /// <summary>Lets time pass in a book and brings every ask to what its offer has free.</summary>
    public async Task SweepAsync(BookActor actor, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var resting = await actor.TurnAsync(
            async turn =>
            {
                if (turn.Book.NextExpiryMs <= nowMs)
                {
                    await turn.BeginAsync();
                    await turn.CommitAsync([BookInput.Tick(nowMs)], nowMs);
                }

                return turn.Book.Asks.Orders.ToDictionary(o => o.Id, Ask.Of);
            },
            cancel);
        await using var db = await databases.CreateDbContextAsync(cancel);
        var wanted = await Ask.AllAsync(db, actor.Kind, nowMs, OldestMs(time.GetUtcNow(), options), cancel);
        foreach (var id in resting.Keys.Union(wanted.Keys))
        {
            if (resting.GetValueOrDefault(id) != wanted.GetValueOrDefault(id))
                await actor.TurnAsync(turn => RefreshAsync(turn, id), cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var actor in All)
            await actor.DisposeAsync();
    }

    private async Task<bool> RefreshAsync(BookTurn turn, Hash256 offer)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        await turn.BeginAsync();
        var row = await turn.Db.Offers.AsNoTracking()
            .FirstOrDefaultAsync(o => o.Id == offer && o.ResourceClass == turn.Kind.Name);
        var wanted = row is null ? null : await Ask.OfAsync(turn.Db, turn.Kind, row, nowMs, OldestMs(now, options));
        if (wanted is not null && row is not null && WouldMeetItself(turn.Book, row))
            wanted = null;
        var input = Ask.Change(offer, row?.Provider ?? default, turn.Book.Find(offer), wanted, nowMs);
        if (input is { } change)
            await turn.CommitAsync([change], nowMs);
        return input is not null;
    }

    /// <summary>Such an ask would be given up at once, again at every look.</summary>
    private static bool WouldMeetItself(ClassBook book, OfferRow row) =>
        book.Bids.Best is { } best && best.Price >= row.Price
        && book.Bids.Orders.TakeWhile(b => b.Price >= row.Price).Any(b => b.Owner == row.Provider);
}

/// <summary>What of an offer rests in the book: its price, free slots, score and end.</summary>
internal sealed record Ask(UInt128 Price, long Free, int Score, long ExpiresAtMs)
{
    public static Ask Of(BookOrder order) => new(order.Price, order.Quantity, order.Score, order.ExpiresAtMs);

    /// <summary>Null if the offer has no place in the book now.</summary>
    public static async Task<Ask?> OfAsync(
        CoordinatorDbContext db, ResourceClass kind, OfferRow row, long nowMs, long oldestMs)
    {
        var (offer, provider) = (row.Id, row.Provider);
        if (!await db.Providers.AnyAsync(p => p.Address == provider && p.LastSeenAtMs >= oldestMs))
            return null;
        return Of(kind, row, await db.Quotes.CountAsync(q => q.OfferId == offer && q.HoldUntilMs > nowMs), nowMs);
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

    private static Ask? Of(ResourceClass kind, OfferRow row, int held, long nowMs)
    {
        var free = row.Capacity == 0 ? 0 : row.Slots - held;
        return free > 0 && row.ExpiresAtMs > nowMs && row.MaxUnits >= (long)kind.SlotUnits
            ? new Ask(row.Price, free, ServeRecord.Newcomer - row.Rank, row.ExpiresAtMs) : null;
    }
}
