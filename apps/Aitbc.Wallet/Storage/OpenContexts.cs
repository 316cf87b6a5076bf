using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Storage;

/// <summary>
/// Contexts whose connection stays open between requests. Opening one means to tell SQLite its settings and the
/// functions of EF Core anew, which takes longer than what a signature reads.
/// </summary>
internal sealed class OpenContexts(IDbContextFactory<WalletDbContext> databases) : IDisposable
{
    /// <summary>Contexts that wait for the next use; those beyond them are closed.</summary>
    private const int MostKept = 4;

    private readonly ConcurrentBag<WalletDbContext> idle = [];
    private volatile bool isClosed;

    /// <summary>
    /// Runs an action with a context that tracks nothing yet. After a failure the context is not used again.
    /// </summary>
    public async Task<T> UseAsync<T>(Func<WalletDbContext, Task<T>> use, CancellationToken cancel)
    {
        var db = idle.TryTake(out var open) ? open : await databases.CreateDbContextAsync(cancel);
        var isSound = false;
        try
        {
            if (open is null)
                await db.Database.OpenConnectionAsync(cancel);
            // A save that fails ends the change it belongs to: there is nothing to go back to within it.
            db.Database.AutoSavepointsEnabled = false;
            var result = await use(db);
            db.ChangeTracker.Clear();
            isSound = db.Database.CurrentTransaction is null;
            return result;
        }
        finally
        {
            if (isSound && !isClosed && idle.Count < MostKept)
                idle.Add(db);
            else
                await db.DisposeAsync();
        }
    }

    /// <summary>Closes what waits; from now on nothing is kept.</summary>
    public void Dispose()
    {
        isClosed = true;
        while (idle.TryTake(out var db))
            db.Dispose();
    }
}
