using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Storage;

/// <summary>What each database does in its own way.</summary>
internal interface IStore
{
    /// <summary>Other coordinators work on the same database at the same time.</summary>
    bool IsShared { get; }

    /// <summary>Brings the tables up to date.</summary>
    Task PrepareAsync(IDbContextFactory<CoordinatorDbContext> databases, CancellationToken cancel);

    /// <summary>Closes what is kept open.</summary>
    Task CloseAsync();

    /// <summary>Whether a row with this key was there before.</summary>
    bool IsDuplicate(DbUpdateException failure);

    /// <summary>In a transaction: whoever asks for the same waits until it has ended.</summary>
    Task LockAsync(CoordinatorDbContext db, string what, ReadOnlyMemory<byte> which, CancellationToken cancel);

    /// <summary>
    /// For what can be made again at any time: on this context, a commit does not wait for the disk. The next use of
    /// the connection does again.
    /// </summary>
    Task WithoutSyncAsync(CoordinatorDbContext db, CancellationToken cancel);

    /// <summary>
    /// True while that is this coordinator's to do for all; another takes it over when this one is gone. What is done
    /// so must be right even if two do it for a moment.
    /// </summary>
    Task<bool> LeadsAsync(string what, CancellationToken cancel);
}
