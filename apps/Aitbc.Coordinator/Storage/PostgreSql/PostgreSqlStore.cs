using System.Buffers.Binary;
using System.Text;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// A database that any number of coordinators share. Nothing of theirs outlives a transaction but rows: who is killed
/// holds nothing back.
/// </summary>
internal sealed class PostgreSqlStore(NpgsqlDataSource source) : IStore, IAsyncDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly HashSet<string> leads = new(StringComparer.Ordinal);
    private NpgsqlConnection? leading;

    public bool IsShared => true;

    /// <summary>One coordinator brings the tables up to date, and the others wait for it.</summary>
    public async Task PrepareAsync(IDbContextFactory<CoordinatorDbContext> databases, CancellationToken cancel)
    {
        await using var first = await databases.CreateDbContextAsync(cancel);
        await using var turn = await first.Database.BeginTransactionAsync(cancel);
        await LockAsync(first, "migrate", default, cancel);
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.MigrateAsync(cancel);
    }

    public async Task CloseAsync()
    {
        await DropAsync();
        source.Clear();
    }

    public bool IsDuplicate(DbUpdateException failure) =>
        failure.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    public Task LockAsync(
        CoordinatorDbContext db, string what, ReadOnlyMemory<byte> which, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Key(what, which.Span)})", cancel);

    public async Task WithoutSyncAsync(CoordinatorDbContext db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("SET synchronous_commit=off", cancel);
    }

    /// <summary>A lock of the session: it is free again when the coordinator or its connection ends.</summary>
    public async Task<bool> LeadsAsync(string what, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            leading ??= await source.OpenConnectionAsync(cancel);
            var known = leads.Contains(what);
            await using var command = new NpgsqlCommand(
                known ? "SELECT true" : "SELECT pg_try_advisory_lock($1)", leading);
            if (!known)
                command.Parameters.Add(new NpgsqlParameter<long>
                {
                    TypedValue = Key("lead", Encoding.UTF8.GetBytes(what)),
                });
            if (await command.ExecuteScalarAsync(cancel) is not true)
                return false;
            leads.Add(what);
            return true;
        }
        catch (NpgsqlException)
        {
            await DropAsync();
            return false;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        gate.Dispose();
    }

    private async Task DropAsync()
    {
        leads.Clear();
        if (leading is not { } connection)
            return;
        leading = null;
        try
        {
            // The pool would keep the session, and with it the locks.
            await using var command = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception gone) when (gone is NpgsqlException or InvalidOperationException)
        {
            // So are the locks.
        }

        await connection.DisposeAsync();
    }

    private static long Key(string what, ReadOnlySpan<byte> which) => BinaryPrimitives.ReadInt64BigEndian(
        Keccak256.Hash([.. Encoding.UTF8.GetBytes(what), 0, .. which]).ToArray());
}
