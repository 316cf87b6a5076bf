using System.Globalization;
using Aitbc.Sdk.Wallet;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Chain;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>
/// Random lives of trees of budgets against the naive tree: parts are made, spend, are topped up, revoked and expire,
/// owners approve, periods end, and the chain takes what was signed or does not. After every step the daemon answers as
/// the naive tree, and at the end its log replays to its totals. AITBC_LIVES sets how many lives.
/// </summary>
public sealed class TreeLivesTests
{
    [Fact]
    public async Task Budgets_parts_and_periods_count_as_a_naive_model_does_whatever_happens()
    {
        var lives = int.Parse(
            Environment.GetEnvironmentVariable("AITBC_LIVES") ?? "6", CultureInfo.InvariantCulture);
        using var folder = new TemporaryFolder();
        await using var node = await ScriptedNode.StartAsync();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 28, 23, 59, 30, TimeSpan.Zero));
        await using var daemon = await BudgetDaemon.StartAsync(folder, node.Http.BaseAddress, time);
        var chain = new TreeChain(node);
        var count = 0;
        await Gen.Int[0, 999_999].Array[10, 40].SampleAsync(
            async steps =>
            {
                var life = new TreeLife(daemon, chain, time, $"life-{count++}");
                foreach (var step in steps)
                    await life.StepAsync(step);
                await life.EndAsync();
            },
            iter: lives,
            threads: 1);
        var audit = await daemon.Wallet.Client.Budgets.AuditAsync(cancel: TestContext.Current.CancellationToken);
        Assert.True(audit.Found == 0, string.Join("; ", audit.Differences));
        Assert.True(audit.Signatures > lives, $"{audit.Signatures} signatures");
    }
}
