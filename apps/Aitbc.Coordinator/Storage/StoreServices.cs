using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Coordinator.Storage.PostgreSql;
using Aitbc.Coordinator.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Coordinator.Storage;

internal static class StoreServices
{
    /// <summary>The database that the options name.</summary>
    public static void AddStore(this IServiceCollection services, CoordinatorOptions options)
    {
        if (options.PostgreSql is { } connection)
            services.AddPostgreSql(connection);
        else
            AddSqlite(services, options);
    }

    private static void AddSqlite(IServiceCollection services, CoordinatorOptions options)
    {
        services.AddSingleton<IStore, SqliteStore>();
        services.AddDbContextFactory<CoordinatorDbContext>(b => SqliteStore.Configure(b, options));
        services.AddSingleton<IBlobBytes, BlobFiles>();
        services.AddSingleton<IDispatch, FirstComeDispatch>();
        services.AddSingleton<IRelay, NoRelay>();
        services.AddHostedService<StoreStart>();
        services.AddSingleton<Checkpoints>();
        services.AddHostedService(s => s.GetRequiredService<Checkpoints>());
    }
}
