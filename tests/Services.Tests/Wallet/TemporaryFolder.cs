using Microsoft.Data.Sqlite;

namespace Services.Tests.Wallet;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aitbc-wallet-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Runs one statement on the wallet's database, as somebody with access to the disk could.</summary>
    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File("wallet.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File("wallet.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
