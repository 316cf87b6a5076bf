using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Aitbc.Coordinator.Storage.Sqlite;

/// <summary>A file of this coordinator alone. A transaction holds the only write lock from its beginning.</summary>
internal sealed class SqliteStore(CoordinatorOptions options) : IStore
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;
    private const int Constraint = 19;

    public bool IsShared => false;

    public static void Configure(DbContextOptionsBuilder builder, CoordinatorOptions options) =>
        builder.UseSqlite(ConnectionString(options)).AddInterceptors(new ConnectionPragmas());

    /// <summary>A connection of the pool, for what is no query of a model.</summary>
    public static SqliteConnection Open(CoordinatorOptions options)
    {
        var connection = new SqliteConnection(ConnectionString(options));
        connection.Open();
        return connection;
    }

    /// <summary>Makes folders and file with owner-only modes, then brings the tables up to date.</summary>
    public async Task PrepareAsync(IDbContextFactory<CoordinatorDbContext> databases, CancellationToken cancel)
    {
        MakeFolder(options.DataDirectory);
        MakeFolder(options.BlobDirectory);
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnerFile;
        await new FileStream(options.DatabasePath, how).DisposeAsync();
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancel);
        await db.Database.MigrateAsync(cancel);
    }

    /// <summary>Closes the pooled connections, so that the files can be moved or deleted.</summary>
    public Task CloseAsync()
    {
        using var any = new SqliteConnection(ConnectionString(options));
        SqliteConnection.ClearPool(any);
        return Task.CompletedTask;
    }

    public bool IsDuplicate(DbUpdateException failure) =>
        failure.InnerException is SqliteException { SqliteErrorCode: Constraint };

    /// <summary>The transaction itself keeps everybody else waiting.</summary>
    public Task LockAsync(
        CoordinatorDbContext db, string what, ReadOnlyMemory<byte> which, CancellationToken cancel) =>
        Task.CompletedTask;

    public async Task WithoutSyncAsync(CoordinatorDbContext db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("PRAGMA synchronous=NORMAL;", cancel);
    }

    public Task<bool> LeadsAsync(string what, CancellationToken cancel) => Task.FromResult(true);

    private static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerFolder);
    }

    private static string ConnectionString(CoordinatorOptions options) => new SqliteConnectionStringBuilder
    {
        DataSource = options.DatabasePath,
        Mode = SqliteOpenMode.ReadWriteCreate,
        ForeignKeys = true,
        DefaultTimeout = 10,
    }.ConnectionString;

    /// <summary>SQLite keeps this per connection: an order that was answered survives a power cut.</summary>
    private sealed class ConnectionPragmas : DbConnectionInterceptor
    {
        // 64 MiB of log: so much only if the checkpoints beside do not keep up.
        private const string Pragmas =
            "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;"
            + "PRAGMA wal_autocheckpoint=16384;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
            Apply(connection);

        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Apply(connection);
            return Task.CompletedTask;
        }

        private static void Apply(DbConnection connection)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }
    }
}
