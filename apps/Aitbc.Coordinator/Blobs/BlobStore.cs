using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Blobs;

/// <summary>
/// Bytes under their Keccak-256, and whose they are.
/// </summary>
internal sealed class BlobStore(
    IDbContextFactory<CoordinatorDbContext> databases, IStore store, IBlobBytes kept, CoordinatorOptions options)
{
    // A provider asks for what its newest jobs need; a module may be that of very many others.
    private const int Recent = 100;

    public async Task<Hash256> PutAsync(Address owner, byte[] bytes, CancellationToken cancel)
    {
        var hash = Keccak256.Hash(bytes);
        await using var db = await databases.CreateDbContextAsync(cancel);

        // Simultaneous puts cannot pass the quota together.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await store.LockAsync(db, "blobs", owner.ToArray(), cancel);
        if (!await db.BlobOwners.AnyAsync(o => o.Hash == hash && o.Account == owner, cancel))
        {
            var used = await db.BlobOwners.Where(o => o.Account == owner).SumAsync(o => o.Bytes, cancel);
            if (used + bytes.Length > options.BlobQuotaBytes)
                throw Refusal.Of(
                    507,
                    ProblemCodes.QuotaExceeded,
                    $"Your blobs have {used} bytes; with this one they would exceed {options.BlobQuotaBytes}.",
                    "Use another account.");
            db.BlobOwners.Add(new BlobOwnerRow { Hash = hash, Account = owner, Bytes = bytes.Length });
            await db.SaveChangesAsync(cancel);
        }

        // Before the row is final the bytes are: what the database names is there.
        if (await kept.ReadAsync(hash, cancel) is null)
            await kept.KeepAsync(hash, bytes, cancel);
        await transaction.CommitAsync(cancel);
        return hash;
    }

    /// <summary>The bytes, if the account put them or is client or provider of a job that names them.</summary>
    public async Task<byte[]?> FindAsync(Address account, Hash256 hash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var allowed = await db.BlobOwners.AnyAsync(o => o.Hash == hash && o.Account == account, cancel)
            || await IsOfAnyAsync(
                db.Jobs.Where(j => j.Provider == account).OrderByDescending(j => j.Sequence).Take(Recent))
            || await IsOfAnyAsync(db.Jobs.Where(j => j.Client == account || j.Provider == account));
        return allowed ? await ReadAsync(hash, cancel) : null;

        Task<bool> IsOfAnyAsync(IQueryable<JobRow> jobs) => jobs.AnyAsync(
            j => j.ModuleHash == hash || j.InputHash == hash || j.OutputHash == hash, cancel);
    }

    public async Task<bool> OwnsAsync(Address account, Hash256 hash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.BlobOwners.AnyAsync(o => o.Hash == hash && o.Account == account, cancel);
    }

    /// <summary>The bytes, whoever asks; null if they are not there or not whole.</summary>
    public Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancel) => kept.ReadAsync(hash, cancel);
}
