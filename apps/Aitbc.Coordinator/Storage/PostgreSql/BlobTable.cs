using Aitbc.Coordinator.Blobs;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>Blobs in the database, where every coordinator finds them.</summary>
internal sealed class BlobTable(IDbContextFactory<PostgreSqlContext> databases) : IBlobBytes
{
    public async Task<byte[]?> ReadAsync(Hash256 hash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var row = await db.Blobs.AsNoTracking().FirstOrDefaultAsync(b => b.Hash == hash, cancel);
        return row is not null && Keccak256.Hash(row.Bytes) == hash ? row.Bytes : null;
    }

    public async Task KeepAsync(Hash256 hash, byte[] bytes, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO blobs ("Hash", "Bytes") VALUES ({hash.ToArray()}, {bytes})
            ON CONFLICT ("Hash") DO UPDATE SET "Bytes" = EXCLUDED."Bytes"
            """,
            cancel);
    }
}
