using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Storage;

/// <summary>
/// Folds SQLite's journal into the database file beside the requests. Left to SQLite, every hundredth signature or so
/// would do it, and wait for two more syncs of the disk. What was answered is in the synced journal either way.
/// </summary>
internal sealed class WalCheckpoints(
    WalletOptions options, TimeProvider time, ILogger<WalCheckpoints> log) : BackgroundService
{
    /// <summary>Pages of the journal at which writers wait until it is folded: 64 MiB.</summary>
    private const long MostPages = 16_384;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // No periodic timer: a clock that jumps would owe it every tick in between.
            while (true)
            {
                await Task.Delay(Pause, time, stoppingToken);
                Fold();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The last connection that is closed folds the rest.
        }
    }

    private void Fold()
    {
        try
        {
            using var connection = WalletDatabase.Open(options);
            if (Checkpoint(connection, "PASSIVE") > MostPages)
                Checkpoint(connection, "RESTART");
        }
        catch (SqliteException e)
        {
            // The journal only grows meanwhile; the next tick tries again.
            log.LogWarning("The journal was not folded into the database: SQLite error {Code}", e.SqliteErrorCode);
        }
    }

    /// <returns>Pages in the journal.</returns>
    private static long Checkpoint(SqliteConnection connection, string how)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA wal_checkpoint({how});";
        using var answer = command.ExecuteReader();
        return answer.Read() ? answer.GetInt64(1) : 0;
    }
}
