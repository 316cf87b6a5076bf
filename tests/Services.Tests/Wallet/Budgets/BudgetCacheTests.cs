using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Storage;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

public sealed class BudgetCacheTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_read_is_answered_from_memory_until_a_budget_changes()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var (made, hash) = await MakeAsync(wallet);
        var cache = wallet.Service<BudgetCache>();
        var first = await cache.ByTokenAsync(hash, Cancel);
        Assert.Same(first, await cache.ByTokenAsync(hash, Cancel));

        await wallet.Client.Budgets.TopUpAsync(made.Budget.Id, 5, Cancel);
        Assert.Equal(0, cache.Count);
        Assert.Equal((UInt256)15, (await cache.ByTokenAsync(hash, Cancel))!.Limits.Amount);

        await wallet.Client.Budgets.RevokeAsync(made.Budget.Id, Cancel);
        Assert.NotNull((await cache.ByTokenAsync(hash, Cancel))!.RevokedAtMs);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public async Task What_is_read_while_a_budget_changes_is_not_kept()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var (made, hash) = await MakeAsync(wallet);
        var cache = wallet.Service<BudgetCache>();
        var contexts = wallet.Service<OpenContexts>();
        using (cache.Change())
        {
            var byToken = await cache.ByTokenAsync(hash, Cancel);
            var byId = await contexts.UseAsync(db => cache.ByIdAsync(db, byToken!.Id, Cancel), Cancel);
            Assert.Equal((made.Budget.Id, made.Budget.Id), (byToken!.PublicId, byId!.PublicId));
            Assert.Equal(0, cache.Count);
        }

        // One that changes between the reading and the keeping makes what was read old.
        var read = await contexts.UseAsync(
            async db =>
            {
                var reading = cache.ByIdAsync(db, 1, Cancel);
                cache.Change().Dispose();
                return await reading;
            },
            Cancel);
        Assert.Equal(made.Budget.Id, read!.PublicId);
        await cache.ByTokenAsync(hash, Cancel);
        Assert.Equal(1, cache.Count);
    }

    [Fact]
    public async Task A_token_that_belongs_to_nobody_is_looked_up_each_time_and_takes_no_place()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var cache = wallet.Service<BudgetCache>();
        for (byte i = 0; i < 20; i++)
            Assert.Null(await cache.ByTokenAsync([.. Enumerable.Repeat(i, 32)], Cancel));
        Assert.Equal(0, cache.Count);
    }

    private static async Task<(CreatedBudget Made, byte[] Hash)> MakeAsync(WalletDaemon wallet)
    {
        var account = await wallet.Client.CreateAsync("first", Cancel);
        var made = await wallet.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("agent", new BudgetLimits { Amount = 10 }, account.Address), Cancel);
        return (made, BearerToken.HashOf($"Bearer {made.Token}")!);
    }
}
