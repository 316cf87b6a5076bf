using Aitbc.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator;

/// <summary>Brings the database up to date before anything else of the role starts.</summary>
internal sealed class StoreStart(IDbContextFactory<CoordinatorDbContext> databases, IStore store)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        store.PrepareAsync(databases, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => store.CloseAsync();
}
