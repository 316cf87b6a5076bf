using System.Tests.Processes;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary><c>aitbcd db</c> as an operator types it: exit codes, sentences and JSON.</summary>
public sealed class DbCommandTests
{
    [Fact]
    public async Task A_network_that_runs_is_refused_and_one_that_stopped_is_verified_rebuilt_and_rolled_back()
    {
        using var folder = new TemporaryFolder();
        await using (var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet,node"))
        {
            var refused = await DbAsync(folder, "verify");
            Assert.Equal(1, refused.Exit);
            Assert.Contains("is open in another process", refused.Error, StringComparison.Ordinal);
            var said = await DbAsync(folder, "rollback", "--to", "0", "--yes", "--json");
            Assert.Equal(1, said.Exit);
            Assert.Equal("node_data_in_use", said.Json.GetProperty("error").GetProperty("code").GetString());
            await network.StopAsync(Signals.Terminate);
        }

        var whole = await DbAsync(folder, "verify");
        Assert.Equal((0, ""), (whole.Exit, whole.Error));
        Assert.Contains("Nothing is wrong", whole.Out, StringComparison.Ordinal);
        var dry = await DbAsync(folder, "rebuild-trie");
        Assert.Equal(0, dry.Exit);
        Assert.Contains("Nothing was changed: add --yes", dry.Out, StringComparison.Ordinal);
        var done = await DbAsync(folder, "rebuild-trie", "--yes", "--json");
        Assert.True(done.Json.GetProperty("done").GetBoolean());
        var back = await DbAsync(folder, "rollback", "--to", "99999");
        Assert.Equal(1, back.Exit);
        Assert.Contains("there is nothing to go back from", back.Error, StringComparison.Ordinal);
        var report = (await DbAsync(folder, "verify", "--json")).Json;
        Assert.Equal(0, report.GetProperty("problemCount").GetInt64());
        Assert.Equal(done.Json.GetProperty("stateRoot").GetString(), report.GetProperty("stateRoot").GetString());
    }

    [Fact]
    public async Task A_folder_without_a_chain_is_1_and_wrong_use_is_2()
    {
        using var folder = new TemporaryFolder();
        var none = await DbAsync(folder, "verify");
        Assert.Equal(1, none.Exit);
        Assert.Contains("There is no chain in", none.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await ProgramRun.HostAsync("db", "rollback")).Exit);
        Assert.Equal(2, (await ProgramRun.HostAsync("db", "mend")).Exit);
        var help = await ProgramRun.HostAsync("db", "--help");
        Assert.Equal(0, help.Exit);
        foreach (var word in new[] { "verify", "rebuild-trie", "rollback", "3 something is damaged" })
            Assert.Contains(word, help.Out, StringComparison.Ordinal);
    }

    private static Task<ProgramRun> DbAsync(TemporaryFolder folder, string command, params string[] arguments) =>
        ProgramRun.HostAsync(["db", command, "--data", folder["data"], .. arguments]);
}
