using Aitbc.Coordinator.Storage.PostgreSql;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Testing;
using Xunit;

namespace Services.Tests.Coordinator.PostgreSql;

/// <summary>
/// One PostgreSQL for all tests of this process, started when the first needs it; every test has a database of its own,
/// copied from one with the tables.
/// </summary>
internal static class SharedCluster
{
    private const string Template = "aitbc_template";

    private static readonly Lazy<(PostgreSqlCluster? Cluster, string Reason)> Started = new(() =>
        (PostgreSqlCluster.TryStart(durable: false, out var reason), reason));

    private static readonly Lazy<Task> Prepared = new(PrepareAsync);
    private static readonly SemaphoreSlim Copying = new(1, 1);
    private static int count;

    /// <summary>Connection string of a new database; skips the test where PostgreSQL is not installed.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(Started.Value.Cluster is null, Started.Value.Reason);
        await Prepared.Value;
        var name = $"test_{Interlocked.Increment(ref count)}";
        await Copying.WaitAsync(); // a template is copied by one at a time
        try
        {
            await RunAsync($"CREATE DATABASE {name} TEMPLATE {Template}");
        }
        finally
        {
            Copying.Release();
        }

        return Connection(name);
    }

    /// <summary>An empty one, without tables.</summary>
    public static async Task<string> NewEmptyDatabaseAsync()
    {
        Assert.SkipWhen(Started.Value.Cluster is null, Started.Value.Reason);
        var name = $"empty_{Interlocked.Increment(ref count)}";
        await RunAsync($"CREATE DATABASE {name}");
        return Connection(name);
    }

    private static string Connection(string name) =>
        Started.Value.Cluster!.Connection(name) + ";Maximum Pool Size=20";

    private static async Task PrepareAsync()
    {
        await RunAsync($"CREATE DATABASE {Template}");
        var options = new DbContextOptionsBuilder<PostgreSqlContext>()
            .UseNpgsql(Connection(Template) + ";Pooling=false");
        await using var db = new PostgreSqlContext(options.Options);
        await db.Database.MigrateAsync();
    }

    private static async Task RunAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(Started.Value.Cluster!.Connection("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
