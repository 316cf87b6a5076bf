using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>What the daemon had counted and not signed when it died is given back by the next start.</summary>
public sealed class StrandedSpendTests
{
    private const ulong Fee = BudgetDaemon.Fee;

    [Fact]
    public async Task A_line_that_was_counted_and_never_signed_is_released_at_the_start_and_a_signed_one_stays()
    {
        using var folder = new TemporaryFolder();
        CreatedBudget whole, part;
        await using (var daemon = await BudgetDaemon.StartAsync(folder))
        {
            whole = await daemon.CreateAsync("whole", new BudgetLimits { Amount = 9 * Fee });
            part = await daemon.CreateAsync("part", new BudgetLimits { Amount = 5 * Fee }, token: whole.Token);
            await daemon.SignAsync(part.Token, BudgetDaemon.Transfer(7UL), "kept");
            await daemon.SignAsync(part.Token, BudgetDaemon.Transfer(9UL, 1), "lost");
        }

        // As a kill between counting and signing leaves it.
        folder.Execute(
            "UPDATE spends SET State = 'reserved', Answer = NULL, TransactionHash = NULL, Seal = NULL, "
            + "SealNumber = NULL WHERE Key = 'lost'");

        await using var next = await BudgetDaemon.ReopenAsync(folder);

        Assert.Equal((UInt256)(Fee + 7), (await next.ShowAsync(whole.Budget.Id)).Spent);
        Assert.Equal((UInt256)(Fee + 7), (await next.ShowAsync(part.Budget.Id)).Spent);
        var log = await next.Wallet.Client.Budgets.SpendsAsync(
            part.Budget.Id, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(["signed", "released"], log.Spends.Select(s => s.State));
        Assert.Equal("the daemon stopped before it signed", log.Spends[1].Reason);
        Assert.Equal(200, (await next.SignAsync(part.Token, BudgetDaemon.Transfer(7UL), "kept")).Status);
        Assert.Equal("conflict", (await next.SignAsync(part.Token, BudgetDaemon.Transfer(9UL, 1), "lost")).Code);
        var audit = await next.Wallet.Client.Budgets.AuditAsync(cancel: TestContext.Current.CancellationToken);
        Assert.True(audit.Found == 0, string.Join("; ", audit.Differences));
    }

    [Fact]
    public async Task While_another_daemon_is_at_work_on_the_data_nothing_is_released()
    {
        using var folder = new TemporaryFolder();
        await using var first = await BudgetDaemon.StartAsync(folder);
        var budget = await first.CreateAsync("agent", new BudgetLimits { Amount = 9 * Fee });
        await first.SignAsync(budget.Token, BudgetDaemon.Transfer(9UL), "busy");
        folder.Execute("UPDATE spends SET State = 'reserved', Answer = NULL, TransactionHash = NULL");

        await using var second = await BudgetDaemon.ReopenAsync(folder);

        Assert.Equal((UInt256)(Fee + 9), (await second.ShowAsync(budget.Budget.Id)).Spent);
        Assert.Equal("in_progress", (await second.SignAsync(budget.Token, BudgetDaemon.Transfer(9UL), "busy")).Code);
    }
}
