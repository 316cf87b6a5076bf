using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Blobs;

/// <summary>
/// Bytes under their Keccak-256, one file each. A file whose bytes do not hash to its name does not exist.
/// </summary>
internal sealed class BlobStore(IDbContextFactory<CoordinatorDbContext> databases, CoordinatorOptions options)
{
    public async Task<Hash256> PutAsync(Address owner, byte[] bytes, CancellationToken cancel)
    {
        var hash = Keccak256.Hash(bytes);
        await using var db = await databases.CreateDbContextAsync(cancel);

        // The transaction holds SQLite's only write lock, so that simultaneous puts cannot pass the quota together.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
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

        // Before the row is final the file is: what the database names is there.
        if (await ReadAsync(hash, cancel) is null)
            Write(hash, bytes);
        await transaction.CommitAsync(cancel);
        return hash;
    }

    /// <summary>The bytes, if the account put them or is client or provider of a job that names them.</summary>
    public async Task<byte[]?> FindAsync(Address account, Hash256 hash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var allowed = await db.BlobOwners.AnyAsync(o => o.Hash == hash && o.Account == account, cancel)
            || await db.Jobs.AnyAsync(
                j => (j.Client == account || j.Provider == account)
                    && (j.ModuleHash == hash || j.InputHash == hash || j.OutputHash == hash),
                cancel);
        return allowed ? await ReadAsync(hash, cancel) : null;
    }

    public async Task<bool> OwnsAsync(Address account, Hash256 hash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.BlobOwners.AnyAsync(o => o.Hash == hash && o.Account == account, cancel);
    }

    /// <summary>The bytes, whoever asks; null if they are not there or not whole.</summary>
    public async Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancel)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(PathOf(hash), cancel);
            return Keccak256.Hash(bytes) == hash ? bytes : null;
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void Write(Hash256 hash, byte[] bytes)
    {
        var path = PathOf(hash);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Guid.NewGuid():N}";
        using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    private string PathOf(Hash256 hash)
    {
        var name = hash.ToString()[2..];
        return Path.Combine(options.BlobDirectory, name[..2], name);
    }
}
