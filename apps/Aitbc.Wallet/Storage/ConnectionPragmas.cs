using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Aitbc.Wallet.Storage;

/// <summary>Settings that SQLite keeps per connection: an account that was answered survives a power cut.</summary>
internal sealed class ConnectionPragmas : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
        Apply(connection);

    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Apply(connection);
        return Task.CompletedTask;
    }

    public static void Apply(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        // Left to its driver, a connection that finds another one writing sleeps for 150 ms before it looks again.
        command.CommandText = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; "
            + "PRAGMA busy_timeout=5000; "
            + "PRAGMA wal_autocheckpoint=0;"; // WalCheckpoints does it, beside the requests
        command.ExecuteNonQuery();
    }
}
