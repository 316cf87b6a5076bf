using System.Tests.Processes;
using Aitbc.Cli.Demo;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>What someone sees whose program fails by itself, on a real network.</summary>
public sealed class FailingScriptTests
{
    [Fact]
    public async Task A_script_that_fails_says_with_which_error_and_its_budget_comes_back()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"]);
        await File.WriteAllTextAsync(
            folder["x.js"], "console.log(input)", TestContext.Current.CancellationToken);

        var run = await ProgramRun.CliAsync("run", folder["x.js"], "--json", "--data", network.Data);

        Assert.Equal(4, run.Exit);
        var error = run.Json.GetProperty("error");
        Assert.Equal("trapped", error.GetProperty("code").GetString());
        Assert.Contains("console is not defined", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.False(error.GetProperty("charged").GetBoolean());
    }
}
