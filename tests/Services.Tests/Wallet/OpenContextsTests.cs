using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class OpenContextsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_context_keeps_its_connection_and_its_settings_and_forgets_what_it_has_read()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var contexts = wallet.Service<OpenContexts>();
        await wallet.Client.CreateAsync("first", Cancel);
        var used = await contexts.UseAsync(async db => ((await db.Accounts.SingleAsync(Cancel)).Label, db), Cancel);
        Assert.Equal("first", used.Label);
        Assert.Empty(used.db.ChangeTracker.Entries());
        Assert.Equal(System.Data.ConnectionState.Open, used.db.Database.GetDbConnection().State);

        folder.Execute("UPDATE accounts SET Label = 'changed'");
        Assert.Equal("changed", await contexts.UseAsync(
            async db => (await db.Accounts.SingleAsync(Cancel)).Label, Cancel));
        // FULL: what was answered survives a power cut.
        Assert.Equal((2L, 1L), await contexts.UseAsync(
            async db => (await PragmaAsync(db, "synchronous"), await PragmaAsync(db, "foreign_keys")), Cancel));
        // SQLite itself waits for another writer, in small steps.
        Assert.Equal(5_000, await contexts.UseAsync(db => PragmaAsync(db, "busy_timeout"), Cancel));
    }

    [Fact]
    public async Task A_context_that_failed_within_a_change_is_not_used_again_and_its_change_is_undone()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        await wallet.Client.CreateAsync("first", Cancel);
        using var contexts = new OpenContexts(wallet.Service<IDbContextFactory<WalletDbContext>>());
        WalletDbContext? failed = null;
        await Assert.ThrowsAsync<InvalidDataException>(() => contexts.UseAsync<bool>(
            async db =>
            {
                failed = db;
                await db.Database.BeginTransactionAsync(Cancel);
                await db.Accounts.ExecuteUpdateAsync(a => a.SetProperty(x => x.Label, "lost"), Cancel);
                throw new InvalidDataException();
            },
            Cancel));
        var label = await contexts.UseAsync(
            async db =>
            {
                Assert.Null(db.Database.CurrentTransaction);
                return (await db.Accounts.SingleAsync(Cancel)).Label;
            },
            Cancel);
        Assert.NotNull(failed);
        Assert.Equal("first", label);
        Assert.Equal("first", folder.Scalar("SELECT Label FROM accounts"));
    }

    [Fact]
    public async Task After_the_end_nothing_is_kept_and_the_journal_is_folded_into_the_database()
    {
        using var folder = new TemporaryFolder();
        await using (var wallet = await WalletDaemon.StartAsync(folder))
            await wallet.Client.CreateAsync("first", Cancel);
        Assert.False(File.Exists(folder.File("wallet.db-wal")));
        Assert.Equal("first", folder.Scalar("SELECT Label FROM accounts"));
    }

    private static async Task<long> PragmaAsync(WalletDbContext db, string name)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }
}
