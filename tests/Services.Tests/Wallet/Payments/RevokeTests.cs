using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>What a revoked budget has outside is taken back on the chain.</summary>
public sealed class RevokeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Revoking_starts_the_withdrawal_and_ends_it_after_the_delay_over_a_restart_too()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(50_000);
        using (var client = world.Client(budget))
        {
            using (await client.GetAsync("metered", Cancel))
            using (await client.GetAsync("metered", Cancel))
                await world.ReconcileAsync();
        }

        var exposure = await world.Wallet.Client.Budgets.RevokeAsync(budget.Budget.Id, Cancel);
        Assert.Equal((UInt256)2_000UL, exposure.Exposed);
        await world.ReconcileAsync();

        var closing = await world.ChannelAsync();
        Assert.Equal("closing", closing.State);
        Assert.InRange(
            (closing.Until!.Value - world.Time.GetUtcNow()).TotalSeconds, 880, 901);
        await world.Shop.ClaimAsync(closing.Id); // within the delay the receiver still gets what it was promised
        await world.RestartAsync();
        await world.ReconcileAsync();
        Assert.Equal("closing", (await world.ChannelAsync()).State);

        world.Time.Advance(TimeSpan.FromSeconds(901));
        await world.TickAsync();
        await world.ReconcileAsync();

        var closed = await world.ChannelAsync();
        Assert.Equal(("closed", (UInt256)3_000UL, UInt256.Zero), (closed.State, closed.Returned, closed.AtRisk));
        Assert.Equal((UInt256)2_000UL, await world.SpentAsync(budget));
        Assert.Equal((UInt256)2_000UL, await world.CoinsAsync(world.Shop.Receiver));
        var rest = await world.Wallet.Client.Budgets.ExposureAsync(budget.Budget.Id, Cancel);
        Assert.Equal(UInt256.Zero, rest.Exposed);
    }

    [Fact]
    public async Task Revoking_makes_unused_authorizations_void_before_they_expire()
    {
        await using var world = await PayWorld.StartAsync();
        var whole = await world.BudgetAsync(60_000, "whole");
        var budget = await world.Wallet.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("part", new BudgetLimits { Amount = 50_000 }, Parent: whole.Budget.Id), Cancel);
        using var client = world.Client(budget);
        world.Shop.RefusesWith = "kept for later";
        await Assert.ThrowsAsync<X402Exception>(() => client.GetAsync("exact", Cancel));
        await Assert.ThrowsAsync<X402Exception>(() => client.GetAsync("metered", Cancel));
        Assert.Equal((UInt256)6_000UL, await world.SpentAsync(whole));

        await world.Wallet.Client.Budgets.RevokeAsync(whole.Budget.Id, Cancel);
        await world.ReconcileAsync();

        Assert.Equal(UInt256.Zero, await world.SpentAsync(whole));
        var log = await world.Wallet.Client.Budgets.SpendsAsync(budget.Budget.Id, cancel: Cancel);
        Assert.All(log.Spends, s => Assert.Equal(("released", "canceled on the chain"), (s.State, s.Reason)));
    }

    [Fact]
    public async Task A_channel_is_closed_when_its_budget_asks_and_the_next_payment_opens_another()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(50_000);
        using var client = world.Client(budget);
        using (await client.GetAsync("metered", Cancel))
        {
            var first = await world.ChannelAsync();
            await world.Payments(budget).CloseAsync(first.Id, Cancel);
            await world.ReconcileAsync();
            using (await client.GetAsync("metered", Cancel))
            {
                var channels = await world.Payments(budget).ChannelsAsync(Cancel);
                Assert.Equal(["closing", "open"], channels.Select(c => c.State));
                Assert.Equal(2, channels.Select(c => c.Id).Distinct().Count());
            }
        }
    }
}
