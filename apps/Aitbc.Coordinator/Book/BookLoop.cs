using Aitbc.Coordinator.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Book;

/// <summary>
/// Opens the books of all classes at start, then lets time pass in them: what expired leaves, and asks follow slots
/// that were freed and providers that came or fell silent.
/// </summary>
internal sealed class BookLoop(
    Books books,
    IStore store,
    CoordinatorOptions options,
    TimeProvider time,
    ILogger<BookLoop> log) : BackgroundService
{
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await books.OpenAllAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryLookAsync(stoppingToken);
                await Task.Delay(TimeSpan.FromMilliseconds(options.BookIntervalMs), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start replays the books.
        }
    }

    /// <summary>One coordinator sweeps for all; the others follow.</summary>
    private async Task TryLookAsync(CancellationToken stopping)
    {
        try
        {
            if (store.IsShared)
                await books.OpenAllAsync(stopping);
            if (!await store.LeadsAsync("books", stopping))
            {
                foreach (var actor in books.All)
                    actor.Follow();
                return;
            }
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogError(failure, "A look at the books failed; the next one starts anew.");
            return;
        }

        foreach (var actor in books.All)
            await TrySweepAsync(actor, stopping);
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
