using System.Data.Common;
using System.Text;
using System.Threading.Channels;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>What every book needs.</summary>
internal sealed record BookParts(
    IDbContextFactory<CoordinatorDbContext> Databases, IStore Store, IRelay Relay, Matches Matches);

/// <summary>
/// Owns the book of one class and gives its slots away, one turn after the other. A turn's inputs and what follows
/// from them are one transaction; if that fails, the book is replayed from the database before the next turn.
/// Coordinators that share a database take turns by a lock of the class, which a transaction holds: who has it takes
/// over what the others did since, and who is killed leaves it to them.
/// </summary>
internal sealed class BookActor : IAsyncDisposable
{
    private const int MostWaiting = 1024;
    private const int ReplayPage = 10_000;

    private readonly BookParts parts;
    private readonly Channel<Func<Task>> work = Channel.CreateBounded<Func<Task>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly Task loop;
    private ClassBook? book;
    private long applied;

    public BookActor(ResourceClass kind, BookParts parts)
    {
        (Kind, this.parts) = (kind, parts);
        loop = Task.Run(RunAsync);
    }

    public ResourceClass Kind { get; }

    public BookFeed Feed { get; } = new();

    /// <summary>Runs a turn; nobody else touches the book or gives away slots of the class meanwhile.</summary>
    public Task<T> TurnAsync<T>(Func<BookTurn, Task<T>> turn, CancellationToken cancel) =>
        NextAsync(async db => await turn(new BookTurn(this, db, await CurrentAsync(db))), cancel);

    /// <summary>
    /// The same for one that changes the book in any case: it has begun already, and what others did is read only once,
    /// behind the lock.
    /// </summary>
    public Task<T> ChangeAsync<T>(Func<BookTurn, Task<T>> turn, CancellationToken cancel) => NextAsync(
        async db =>
        {
            var begun = new BookTurn(this, db, book ?? await CurrentAsync(db));
            await begun.BeginAsync();
            return await turn(begun);
        },
        cancel);

    /// <summary>
    /// Takes over what other coordinators did, for the readers here. When many wait, a turn does it anyway.
    /// </summary>
    public void Follow() => work.Writer.TryWrite(async () =>
    {
        try
        {
            await using var db = await parts.Databases.CreateDbContextAsync(CancellationToken.None);
            await CurrentAsync(db);
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException)
        {
            // The next turn or look tries again, and tells.
        }
    });

    public async ValueTask DisposeAsync()
    {
        work.Writer.TryComplete();
        await loop;
    }

    /// <summary>Called by a turn inside its transaction, which it ends.</summary>
    internal async Task<IReadOnlyList<BookFact>> CommitAsync(
        CoordinatorDbContext db, ClassBook current, IReadOnlyList<BookInput> inputs, long nowMs)
    {
        book = null;
        var (rows, facts) = (new List<BookInputRow>(), new List<BookFact>());
        foreach (var input in inputs)
        {
            rows.Add(BookInputRow.Of(Kind.Name, input));
            facts.AddRange(current.Apply(input));
        }

        db.BookInputs.AddRange(rows);
        await parts.Matches.KeepAsync(db, Kind, facts, nowMs);
        await db.SaveChangesAsync();
        await db.Database.CurrentTransaction!.CommitAsync();
        book = current;
        applied = rows.Count > 0 ? rows.Max(r => r.Sequence) : applied;
        Feed.Publish(facts);
        if (rows.Count > 0)
            parts.Relay.Tell(IRelay.Book, Kind.Name);
        return facts;
    }

    private async Task<T> NextAsync<T>(Func<CoordinatorDbContext, Task<T>> turn, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = work.Writer.TryWrite(async () =>
        {
            try
            {
                // Once begun, a turn is finished, whether or not its caller still waits.
                cancel.ThrowIfCancellationRequested();
                await using var db = await parts.Databases.CreateDbContextAsync(CancellationToken.None);
                done.TrySetResult(await turn(db));
            }
            catch (Exception failure)
            {
                done.TrySetException(failure);
            }
        });
        return taken ? await done.Task.WaitAsync(cancel) : throw Refusal.Of(
            503,
            ProblemCodes.Busy,
            $"{MostWaiting} requests for {Kind.Name} wait already.",
            "Try again in a moment.",
            retryable: true);
    }

    private async Task RunAsync()
    {
        await foreach (var turn in work.Reader.ReadAllAsync())
            await turn();
    }

    /// <summary>Called by a turn inside its transaction: from here on the book is what the database says.</summary>
    internal async Task LockAsync(CoordinatorDbContext db, ClassBook current)
    {
        if (!parts.Store.IsShared)
            return;
        await parts.Store.LockAsync(db, "book", Encoding.UTF8.GetBytes(Kind.Name), CancellationToken.None);
        await CatchUpAsync(db, current);
    }

    private async Task<ClassBook> CurrentAsync(CoordinatorDbContext db)
    {
        var known = book;
        if (known is not null && !parts.Store.IsShared)
            return known;
        if (known is null)
            (known, applied) = (new ClassBook(), 0);
        await CatchUpAsync(db, known);
        return book = known;
    }

    /// <summary>Applies what was kept since: a class's inputs are committed in the order of their numbers.</summary>
    private async Task CatchUpAsync(CoordinatorDbContext db, ClassBook current)
    {
        while (true)
        {
            var page = await db.BookInputs.AsNoTracking()
                .Where(i => i.ResourceClass == Kind.Name && i.Sequence > applied)
                .OrderBy(i => i.Sequence).Take(ReplayPage).ToListAsync();
            foreach (var row in page)
            {
                applied = row.Sequence;
                Feed.Publish(current.Apply(row.Input()));
            }

            if (page.Count < ReplayPage)
                return;
        }
    }
}

/// <summary>What a turn may use.</summary>
internal sealed class BookTurn(BookActor actor, CoordinatorDbContext db, ClassBook book)
{
    public CoordinatorDbContext Db => db;

    public ClassBook Book => book;

    public ResourceClass Kind => actor.Kind;

    public async Task BeginAsync()
    {
        await db.Database.BeginTransactionAsync();
        await actor.LockAsync(db, book);
    }

    /// <summary>Applies inputs and keeps them with all that the turn changed; ends the transaction.</summary>
    public Task<IReadOnlyList<BookFact>> CommitAsync(IReadOnlyList<BookInput> inputs, long nowMs) =>
        actor.CommitAsync(db, book, inputs, nowMs);
}
