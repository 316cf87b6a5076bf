using Aitbc.Sdk.Files;
using Aitbc.Wallet.Backups;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet;

/// <summary>What a restore brought back.</summary>
/// <param name="MadeAt">When the backup was made.</param>
/// <param name="Accounts">Accounts in it.</param>
/// <param name="Budgets">Budgets in it.</param>
public sealed record RestoredWallet(DateTimeOffset MadeAt, int Accounts, int Budgets);

/// <summary>
/// Restores a backup into a folder without a wallet (specs/wallet.md, Backup). The budgets wait for the owner's word.
/// </summary>
public static class WalletRestore
{
    // Budgets made after the backup had these numbers, and their keys are derived from them: nobody gets them again.
    private const long NumbersLeftOut = 1_000_000;

    private static readonly string[] Changes =
    [
        // It may have been signed right after the backup: it stays counted until the chain says otherwise.
        "UPDATE spends SET State = 'signed', Reason = 'reserved when the backup was made' WHERE State = 'reserved'",
        // It may have been approved and signed since.
        "UPDATE spends SET State = 'refused', Reason = 'the wallet was restored' "
            + "WHERE State IN ('waiting', 'approved')",
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'budgets', 0 "
            + "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'budgets')",
        $"UPDATE sqlite_sequence SET seq = seq + {NumbersLeftOut} WHERE name = 'budgets'",
    ];

    /// <summary>Reads the file, checks it, and gives it its place in the folder as the last step.</summary>
    /// <param name="file">The backup.</param>
    /// <param name="folder">Where the wallet's data go; made if it is missing.</param>
    /// <param name="password">The wallet's password when the backup was made. The caller zeroes it.</param>
    /// <param name="time">Says when it is restored.</param>
    /// <param name="cancel">Ends it; nothing is left then.</param>
    /// <exception cref="WalletBackupException">It is not restored; nothing was changed.</exception>
    public static async Task<RestoredWallet> RunAsync(
        string file, string folder, byte[] password, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(time);
        var options = new WalletOptions { DataDirectory = Path.GetFullPath(folder) };
        if (File.Exists(options.DatabasePath))
            throw WalletBackupException.NotEmpty(options.DatabasePath);
        WalletDatabase.CreateFolder(options.DataDirectory);
        var beside = options with
        {
            DataDirectory = Path.Combine(options.DataDirectory, $"restore-{Guid.NewGuid():N}"),
        };
        WalletDatabase.CreateFolder(beside.DataDirectory);
        try
        {
            var header = await OpenAsync(file, beside.DatabasePath, password, cancel);
            var restored = await CheckAsync(beside, header, password, cancel);
            // Of an attempt that ended between here and the next line.
            RestoredMark.Clear(options.DataDirectory);
            RestoredMark.Write(options.DataDirectory, new RestoredState(header.MadeAt, time.GetUtcNow()));
            DurableFile.GiveName(beside.DatabasePath, options.DatabasePath);
            return restored;
        }
        finally
        {
            Directory.Delete(beside.DataDirectory, recursive: true);
        }
    }

    /// <summary>A password from a file of mode 0600 or from an open descriptor. The caller zeroes it.</summary>
    /// <exception cref="WalletStartException">It cannot be read, or others can read the file.</exception>
    public static byte[] ReadPassword(string? file, int? descriptor) => PasswordSource.Read(
        new WalletOptions { DataDirectory = "", PasswordFile = file, PasswordFileDescriptor = descriptor },
        newWallet: false);

    private static async Task<BackupHeader> OpenAsync(
        string file, string database, byte[] password, CancellationToken cancel)
    {
        await using var from = File.OpenRead(file);
        WalletDatabase.CreateFile(database);
        await using var to = new FileStream(database, FileMode.Open, FileAccess.Write);
        var header = await BackupFile.ReadAsync(from, password, to, cancel);
        to.Flush(flushToDisk: true);
        return header;
    }

    private static async Task<RestoredWallet> CheckAsync(
        WalletOptions beside, BackupHeader header, byte[] password, CancellationToken cancel)
    {
        var how = new SqliteConnectionStringBuilder { DataSource = beside.DatabasePath, Pooling = false };
        var builder = new DbContextOptionsBuilder<WalletDbContext>();
        builder.UseSqlite(how.ConnectionString);
        await using var db = new WalletDbContext(builder.Options);
        try
        {
            var unknown = (await db.Database.GetAppliedMigrationsAsync(cancel)).Except(db.Database.GetMigrations());
            if (unknown.FirstOrDefault() is { } newer)
                throw WalletBackupException.Newer(newer);
            await db.Database.MigrateAsync(cancel);
            var vault = await db.Vaults.AsNoTracking().SingleAsync(cancel);
            using var master = Vault.TryOpenMaster(vault, password) ?? throw WalletBackupException.WrongPassword();
            foreach (var change in Changes)
                await db.Database.ExecuteSqlRawAsync(change, cancel);
            return new RestoredWallet(
                header.MadeAt, await db.Accounts.CountAsync(cancel), await db.Budgets.CountAsync(cancel));
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException or WalletStartException)
        {
            throw WalletBackupException.Damaged($"what is in it is no wallet ({e.GetType().Name})");
        }
    }
}
