using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

internal static class PostgreSqlServices
{
    // PostgreSQL takes 100 connections unless it is told otherwise: three coordinators fit.
    private const int MostConnections = 30;
    private const int MostPrepared = 200;

    public static void AddPostgreSql(this IServiceCollection services, string connection)
    {
        var text = new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = "aitbc-coordinator",
            // What one use of a connection sets, as not to wait for the disk, must not hold for the next.
            NoResetOnClose = false,
        };
        if (!text.ContainsKey("Maximum Pool Size"))
            text.MaxPoolSize = MostConnections;
        if (!text.ContainsKey("Max Auto Prepare"))
            text.MaxAutoPrepare = MostPrepared;
        services.AddSingleton(_ => NpgsqlDataSource.Create(text));
        services.AddDbContextFactory<PostgreSqlContext>(
            (s, b) => b.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>()));
        services.AddSingleton<IDbContextFactory<CoordinatorDbContext>, Factory>();
        services.AddSingleton<IStore, PostgreSqlStore>();
        services.AddSingleton<IBlobBytes, BlobTable>();
        services.AddSingleton<IDispatch, SkipLockedDispatch>();
        services.AddHostedService<StoreStart>();
        services.AddSingleton<PostgreSqlRelay>();
        services.AddSingleton<IRelay>(s => s.GetRequiredService<PostgreSqlRelay>());
        services.AddHostedService(s => s.GetRequiredService<PostgreSqlRelay>());
    }

    private sealed class Factory(IDbContextFactory<PostgreSqlContext> databases)
        : IDbContextFactory<CoordinatorDbContext>
    {
        public CoordinatorDbContext CreateDbContext() => databases.CreateDbContext();

        public async Task<CoordinatorDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await databases.CreateDbContextAsync(cancellationToken);
    }
}
