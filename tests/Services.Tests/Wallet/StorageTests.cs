using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class StorageTests
{
    [Fact]
    public void The_model_has_no_change_without_a_migration()
    {
        using var db = new DesignTimeFactory().CreateDbContext([]);

        Assert.False(db.Database.HasPendingModelChanges());
        Assert.NotEmpty(db.Database.GetMigrations());
    }

    [Fact]
    public async Task The_database_is_in_wal_mode_and_knows_its_migrations()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        Assert.Equal("wal", folder.Scalar("PRAGMA journal_mode"));
        Assert.True((long)folder.Scalar("SELECT count(*) FROM __EFMigrationsHistory")! > 0);
        Assert.Equal("ok", folder.Scalar("PRAGMA integrity_check"));
    }
}
