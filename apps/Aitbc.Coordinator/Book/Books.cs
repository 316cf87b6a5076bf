using System.Collections.Concurrent;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>The books of all classes, and what offers put into them.</summary>
internal sealed class Books : IAsyncDisposable
{
    private const int MostClasses = 4096;

    private readonly ConcurrentDictionary<string, Lazy<BookActor>> actors = new(StringComparer.Ordinal);
    private readonly BookParts parts;
    private readonly CoordinatorOptions options;
    private readonly TimeProvider time;

    public Books(BookParts parts, CoordinatorOptions options, TimeProvider time)
    {
        (this.parts, this.options, this.time) = (parts, options, time);
        parts.Relay.On(IRelay.Book, Heard);
    }

    public IEnumerable<BookActor> All => actors.Values.Select(a => a.Value);

    public static long OldestMs(DateTimeOffset now, CoordinatorOptions options) =>
        now.AddSeconds(-options.OnlineSeconds).ToUnixTimeMilliseconds();

    /// <summary>The book of a class that something was ever offered in, at whichever coordinator; else null.</summary>
    public async Task<BookActor?> FindAsync(ResourceClass kind, CancellationToken cancel)
    {
        if (Known(kind.Name) is { } actor)
            return actor;
        return parts.Store.IsShared && await ClassesAsync(kind.Name, cancel) is { Count: > 0 } ? Open(kind) : null;
    }

    /// <summary>Opens the books of all classes that the database knows.</summary>
    public async Task OpenAllAsync(CancellationToken cancel)
    {
        foreach (var name in await ClassesAsync(null, cancel))
        {
            if (ResourceClass.TryParse(name) is { } kind)
                Open(kind);
        }
    }

    /// <summary>The book of a class that something is offered or wanted in.</summary>
    public BookActor Open(ResourceClass kind) => Known(kind.Name)
        ?? (actors.Count >= MostClasses
            ? throw Refusal.Of(503, ProblemCodes.Busy, $"The market trades {MostClasses} classes already.")
            : actors.GetOrAdd(kind.Name, _ => new Lazy<BookActor>(() => new BookActor(kind, parts))).Value);

    /// <summary>Brings one offer's ask to what the offer has free.</summary>
    public Task RefreshAsync(string name, Hash256 offer, CancellationToken cancel) =>
        ResourceClass.TryParse(name) is { } kind
            ? Open(kind).ChangeAsync(turn => RefreshAsync(turn, offer), cancel) : Task.CompletedTask;

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
        await using var db = await parts.Databases.CreateDbContextAsync(cancel);
        var wanted = await Ask.AllAsync(db, actor.Kind, nowMs, OldestMs(time.GetUtcNow(), options), cancel);
        foreach (var id in resting.Keys.Union(wanted.Keys))
        {
            if (resting.GetValueOrDefault(id) != wanted.GetValueOrDefault(id))
                await actor.ChangeAsync(turn => RefreshAsync(turn, id), cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var actor in All)
            await actor.DisposeAsync();
    }

    private BookActor? Known(string name) => actors.TryGetValue(name, out var made) ? made.Value : null;

    /// <summary>Names of classes; null = of all.</summary>
    private async Task<List<string>> ClassesAsync(string? name, CancellationToken cancel)
    {
        await using var db = await parts.Databases.CreateDbContextAsync(cancel);
        return await db.BookInputs.Where(i => name == null || i.ResourceClass == name).Select(i => i.ResourceClass)
            .Distinct().Union(db.Offers.Where(o => name == null || o.ResourceClass == name)
            .Select(o => o.ResourceClass)).ToListAsync(cancel);
    }

    /// <summary>Another coordinator changed a book: readers of its feed here want to know.</summary>
    private void Heard(string? name)
    {
        foreach (var actor in All.Where(a => name is null || a.Kind.Name == name))
            actor.Follow();
    }

    private async Task<bool> RefreshAsync(BookTurn turn, Hash256 offer)
    {
        var now = time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var offered = await Ask.FindAsync(turn.Db, turn.Kind, offer, nowMs, OldestMs(now, options));
        var rests = turn.Book.Find(offer);
        if (rests is { Side: BookSide.Bid })
            return false; // its owner's bid has the same id, and was there first
        var wanted = offered?.Ask is { } ask && !WouldMeetItself(turn.Book, offered.Owner, ask) ? ask : null;
        var input = Ask.Change(offer, offered?.Owner ?? default, rests, wanted, nowMs);
        if (input is { } change)
            await turn.CommitAsync([change], nowMs);
        return input is not null;
    }

    /// <summary>Such an ask would be given up at once, again at every look.</summary>
    private static bool WouldMeetItself(ClassBook book, Address owner, Ask ask) =>
        book.Bids.Best is { } best && best.Price >= ask.Price
        && book.Bids.Orders.TakeWhile(b => b.Price >= ask.Price).Any(b => b.Owner == owner);
}
