using Aitbc.Coordinator.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Coordinator.Storage;

internal static class StoreServices
{
    public static void AddStore(this IServiceCollection services, CoordinatorOptions options)
    {
        services.AddSingleton<IStore, SqliteStore>();
        services.AddDbContextFactory<CoordinatorDbContext>(b => SqliteStore.Configure(b, options));
        services.AddHostedService<StoreStart>();
        services.AddSingleton<Checkpoints>();
        services.AddHostedService(s => s.GetRequiredService<Checkpoints>());
    }
}
