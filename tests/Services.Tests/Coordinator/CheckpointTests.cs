using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Storage.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Services.Tests.Coordinator.Book;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator;

/// <summary>What keeps slow answers away must not cost what was promised.</summary>
public sealed class CheckpointTests
{
    [Fact]
    public async Task A_look_moves_everything_that_was_committed_into_the_database()
    {
        await using var market = await Market.StartAsync();
        await market.SellAsync(market.ProviderKey, 800);
        var (pages, moved) = market.Services.GetRequiredService<Checkpoints>().Look();
        Assert.True(pages > 0);
        Assert.Equal(pages, moved);
    }

    [Fact]
    public async Task Only_what_can_be_made_again_is_committed_without_a_sync()
    {
        await using var market = await Market.StartAsync();
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using (var hasty = await databases.CreateDbContextAsync(Cancel))
        {
            await market.Services.GetRequiredService<IStore>().WithoutSyncAsync(hasty, Cancel);
            Assert.Equal(1, await SynchronousAsync(hasty));
        }

        // The same connection of the pool, opened anew.
        await using var next = await databases.CreateDbContextAsync(Cancel);
        Assert.Equal(2, await SynchronousAsync(next));
    }

    [Fact]
    public async Task A_signature_that_a_power_cut_lost_is_made_again_the_same()
    {
        await using var market = await Market.StartAsync();
        await market.SellAsync(market.ProviderKey, 800);
        var quote = await market.Client.QuoteAsync(await market.WantAsync(), Cancel);
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(Cancel);
        Assert.Equal(1, await db.Quotes.ExecuteUpdateAsync(
            set => set.SetProperty(q => q.Signature, (string?)null), Cancel));
        Assert.Equal(quote, await market.Client.QuoteAsync(quote.Id, Cancel));
    }

    private static Task<int> SynchronousAsync(CoordinatorDbContext db) =>
        db.Database.SqlQueryRaw<int>("SELECT synchronous AS Value FROM pragma_synchronous").SingleAsync(Cancel);
}
