using System.Threading.Channels;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Book;

/// <summary>
/// Owns the book of one class and gives its slots away, one turn after the other. A turn's inputs and what follows
/// from them are one transaction; if that fails, the book is replayed from the database before the next turn.
/// </summary>
internal sealed class BookActor : IAsyncDisposable
{
    private const int MostWaiting = 1024;
    private const int ReplayPage = 10_000;

    private readonly IDbContextFactory<CoordinatorDbContext> databases;
    private readonly Matches matches;
    private readonly Channel<Func<Task>> work = Channel.CreateBounded<Func<Task>>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    private readonly Task loop;
    private ClassBook? book;

    public BookActor(ResourceClass kind, IDbContextFactory<CoordinatorDbContext> databases, Matches matches)
    {
        (Kind, this.databases, this.matches) = (kind, databases, matches);
        loop = Task.Run(RunAsync);
    }

    public ResourceClass Kind { get; }

    public BookFeed Feed { get; } = new();

    /// <summary>Runs a turn; nobody else touches the book or gives away slots of the class meanwhile.</summary>
    public async Task<T> TurnAsync<T>(Func<BookTurn, Task<T>> turn, CancellationToken cancel)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = work.Writer.TryWrite(async () =>
        {
            try
            {
                // Once begun, a turn is finished, whether or not its caller still waits.
                cancel.ThrowIfCancellationRequested();
                await using var db = await databases.CreateDbContextAsync(CancellationToken.None);
                var current = book ??= await ReplayAsync(db);
                done.TrySetResult(await turn(new BookTurn(this, db, current)));
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
        var facts = new List<BookFact>();
        foreach (var input in inputs)
        {
            db.BookInputs.Add(BookInputRow.Of(Kind.Name, input));
            facts.AddRange(current.Apply(input));
        }

        await matches.KeepAsync(db, Kind, facts, nowMs);
        await db.SaveChangesAsync();
        await db.Database.CurrentTransaction!.CommitAsync();
        book = current;
        Feed.Publish(facts);
        return facts;
    }

    private async Task RunAsync()
    {
        await foreach (var turn in work.Reader.ReadAllAsync())
            await turn();
    }

    private async Task<ClassBook> ReplayAsync(CoordinatorDbContext db)
    {
        var replayed = new ClassBook();
        long after = 0;
        while (true)
        {
            var page = await db.BookInputs.AsNoTracking()
                .Where(i => i.ResourceClass == Kind.Name && i.Sequence > after)
                .OrderBy(i => i.Sequence).Take(ReplayPage).ToListAsync();
            if (page.Count == 0)
                return replayed;
            after = page[^1].Sequence;
            foreach (var row in page)
                Feed.Publish(replayed.Apply(row.Input()));
        }
    }
}

/// <summary>What a turn may use.</summary>
internal sealed class BookTurn(BookActor actor, CoordinatorDbContext db, ClassBook book)
{
    public CoordinatorDbContext Db => db;

    public ClassBook Book => book;

    public ResourceClass Kind => actor.Kind;

    public Task BeginAsync() => db.Database.BeginTransactionAsync();

    /// <summary>Applies inputs and keeps them with all that the turn changed; ends the transaction.</summary>
    public Task<IReadOnlyList<BookFact>> CommitAsync(IReadOnlyList<BookInput> inputs, long nowMs) =>
        actor.CommitAsync(db, book, inputs, nowMs);
}
