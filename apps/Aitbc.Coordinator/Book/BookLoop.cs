using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Book;

/// <summary>
/// Opens the books of all classes at start, then lets time pass in them: what expired leaves, and asks follow slots
/// that were freed and providers that came or fell silent.
/// </summary>
internal sealed class BookLoop(
    IDbContextFactory<CoordinatorDbContext> databases,
    Books books,
    CoordinatorOptions options,
    TimeProvider time,
    ILogger<BookLoop> log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var names = await db.BookInputs.Select(i => i.ResourceClass).Distinct()
            .Union(db.Offers.Select(o => o.ResourceClass)).ToListAsync(cancellationToken);
        foreach (var name in names)
        {
            if (ResourceClass.TryParse(name) is { } kind)
                books.Open(kind);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                foreach (var actor in books.All)
                    await TrySweepAsync(actor, stoppingToken);
                await Task.Delay(TimeSpan.FromMilliseconds(options.BookIntervalMs), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start replays the books.
        }
    }

    private async Task TrySweepAsync(BookActor actor, CancellationToken stopping)
    {
        try
        {
            await books.SweepAsync(actor, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogError(failure, "A look at the book of {Class} failed; the next one starts anew.", actor.Kind.Name);
        }
    }
}
