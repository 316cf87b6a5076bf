using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Storage;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Wallet.Budgets;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class HousekeepingTests
{
    private const string Rates = "SELECT count(*) FROM totals WHERE Bucket LIKE 'r:%'";
    private const string Others = "SELECT count(*) FROM totals WHERE Bucket NOT LIKE 'r:%'";

    [Fact]
    public async Task Counts_of_minutes_that_are_over_go_and_everything_else_stays()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        await using var wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        var account = await wallet.Client.CreateAsync("payer", TestContext.Current.CancellationToken);
        var here = BudgetDaemon.Over(wallet, account.Address);
        var budget = await here.CreateAsync(
            "agent", new BudgetLimits { Amount = 10_000_000, RatePerMinute = 2, Period = BudgetPeriod.Hour });
        for (var i = 0UL; i < 6; i += 2)
        {
            Assert.Equal(200, (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1, i))).Status);
            Assert.Equal(200, (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1, i + 1))).Status);
            Assert.Equal("rate_limited", (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1, i + 2))).Code);
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal((3L, 1L), (folder.Scalar(Rates), folder.Scalar(Others)));
        time.Advance(TimeSpan.FromMinutes(58.5));
        await wallet.Service<Housekeeping>().PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal((2L, 1L), (folder.Scalar(Rates), folder.Scalar(Others)));
        time.Advance(TimeSpan.FromHours(2));
        await wallet.Service<Housekeeping>().PassAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0L, 1L), (folder.Scalar(Rates), folder.Scalar(Others)));
        Assert.Equal(200, (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1, 9))).Status);
    }
}
