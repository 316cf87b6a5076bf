using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Storage;

/// <summary>Where the database is and how it is opened.</summary>
internal static class WalletDatabase
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    public static void Configure(DbContextOptionsBuilder builder, WalletOptions options) =>
        builder.UseSqlite(ConnectionString(options)).AddInterceptors(new ConnectionPragmas());

    /// <summary>A connection beside those of the requests.</summary>
    public static SqliteConnection Open(WalletOptions options)
    {
        var connection = new SqliteConnection(ConnectionString(options));
        connection.Open();
        ConnectionPragmas.Apply(connection);
        return connection;
    }

    /// <summary>Closes the pooled connections: SQLite then folds its journal into the database file.</summary>
    public static void Close(WalletOptions options)
    {
        using var any = new SqliteConnection(ConnectionString(options));
        SqliteConnection.ClearPool(any);
    }

    /// <summary>Makes folder and file with owner-only modes, then brings the tables up to date.</summary>
    public static async Task MigrateAsync(
        IDbContextFactory<WalletDbContext> factory, WalletOptions options, CancellationToken cancel)
    {
        CreateFolder(options.DataDirectory);
        CreateFile(options.DatabasePath);
        await using var db = await factory.CreateDbContextAsync(cancel);
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancel);
        await db.Database.MigrateAsync(cancel);
    }

    /// <summary>A folder for the owner only; one that is there stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, OwnerFolder);
    }

    private static string ConnectionString(WalletOptions options) => new SqliteConnectionStringBuilder
    {
        DataSource = options.DatabasePath,
        Mode = SqliteOpenMode.ReadWriteCreate,
        ForeignKeys = true,
        DefaultTimeout = 10,
    }.ConnectionString;

    // SQLite gives its journal files the mode of the database file, so only this one needs care.
    public static void CreateFile(string path)
    {
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = OwnerFile;
        new FileStream(path, how).Dispose();
    }
}
