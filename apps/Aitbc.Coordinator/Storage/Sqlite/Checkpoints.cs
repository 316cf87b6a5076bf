using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Storage.Sqlite;

/// <summary>
/// Moves what was committed from the write-ahead log into the database, beside the requests: else every so many of
/// them one would wait for it, which is what its slowest answers are made of.
/// </summary>
internal sealed class Checkpoints(CoordinatorOptions options, TimeProvider time, ILogger<Checkpoints> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits for nobody. Pages of the log, and how many of them are in the database now.</summary>
    public (long Pages, long Moved) Look()
    {
        using var connection = SqliteStore.Open(options);
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE);";
        using var answer = command.ExecuteReader();
        return answer.Read() ? (answer.GetInt64(1), answer.GetInt64(2)) : default;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // No periodic timer: a clock that jumps would owe it every tick in between.
            while (true)
            {
                await Task.Delay(Pause, time, stoppingToken);
                TryLook();
            }
        }
        catch (OperationCanceledException)
        {
            // Closing the last connection moves the rest.
        }
    }

    private void TryLook()
    {
        try
        {
            Look();
        }
        catch (SqliteException failure)
        {
            log.LogWarning("The log of the database was not moved: {Reason}", failure.Message);
        }
    }
}
