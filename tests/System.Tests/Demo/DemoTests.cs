using System.Tests.Processes;
using Xunit;

namespace System.Tests.Demo;

/// <summary><c>aitbc demo</c>, as the first command of a newcomer.</summary>
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_pays_refuses_conserves_and_leaves_nothing_behind()
    {
        var before = Leftovers();
        var run = await ProgramRun.CliAsync("demo", "--json");
        Assert.True(run.Exit == 0, run.Out + run.Error);
        var report = run.Json;
        var paid = report.GetProperty("jobs").EnumerateArray().First();
        Assert.Equal("wasm", paid.GetProperty("engine").GetString());
        Assert.Equal("settled", paid.GetProperty("state").GetString());
        Assert.True(paid.GetProperty("units").GetUInt64() > 0);
        Assert.NotEqual("0", paid.GetProperty("price").GetString());
        Assert.Matches("^0x[0-9a-f]{64}$", paid.GetProperty("id").GetString());
        Assert.Matches("^0x[0-9a-f]{64}$", paid.GetProperty("fundTx").GetString());
        Assert.Matches("^0x[0-9a-f]{64}$", paid.GetProperty("settleTx").GetString());
        Assert.True(paid.GetProperty("receiptVerified").GetBoolean());

        var refused = report.GetProperty("refused").EnumerateArray().ToDictionary(
            r => r.GetProperty("attempt").GetString()!, r => r);
        Assert.Equal("payment_required", refused["unpaid"].GetProperty("code").GetString());
        Assert.Equal("payment_insufficient", refused["under-paid"].GetProperty("code").GetString());
        Assert.All(refused.Values, r => Assert.False(r.GetProperty("executed").GetBoolean()));

        Assert.True(report.GetProperty("conservation").GetBoolean());
        Assert.True(report.GetProperty("seconds").GetDouble() > 0);
        Assert.Equal(before, Leftovers());
    }

    [Fact]
    public async Task An_interrupted_demo_leaves_nothing_behind()
    {
        var before = Leftovers();
        using var process = ProgramRun.Start(Built.Dotnet, [Built.Cli, "demo"]);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line is not null && !line.Contains("starting the wallet", StringComparison.Ordinal));

        var roles = Children(process.Id);
        Signals.Interrupt(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, process.ExitCode);
        await Signals.GoneAsync(roles, TimeSpan.FromSeconds(30));
        Assert.Equal(before, Leftovers());
    }

    private static List<string> Leftovers() =>
        [.. Directory.EnumerateDirectories(Path.GetTempPath(), "aitbc-demo-*").Order()];

    private static List<int> Children(int pid) =>
        [.. File.ReadAllText($"/proc/{pid}/task/{pid}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
}
