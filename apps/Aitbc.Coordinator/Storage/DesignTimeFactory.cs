using Aitbc.Coordinator.Storage.PostgreSql;
using Aitbc.Coordinator.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Aitbc.Coordinator.Storage;

/// <summary>Lets <c>dotnet ef migrations add</c> make the contexts without starting the daemon.</summary>
internal sealed class DesignTimeFactory
    : IDesignTimeDbContextFactory<CoordinatorDbContext>, IDesignTimeDbContextFactory<PostgreSqlContext>
{
    CoordinatorDbContext IDesignTimeDbContextFactory<CoordinatorDbContext>.CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<CoordinatorDbContext>();
        SqliteStore.Configure(options, new CoordinatorOptions { DataDirectory = Path.GetTempPath() });
        return new CoordinatorDbContext(options.Options);
    }

    PostgreSqlContext IDesignTimeDbContextFactory<PostgreSqlContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlContext>().UseNpgsql("Host=not.used").Options);
}
