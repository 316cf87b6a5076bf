using System.Tests.Processes;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>How a network lives and dies: with all of its processes, and none before or after.</summary>
public sealed class SupervisionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Interrupt_stops_every_process_and_exits_with_0()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet,node");
        Assert.Equal(0, await network.StopAsync(Signals.Interrupt));
        await Signals.GoneAsync(network.Pids, Patience);
        Assert.False(File.Exists(folder["data/devnet.json"]));
    }

    [Fact]
    public async Task When_the_supervisor_is_killed_its_roles_end_by_themselves()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet");
        Signals.Kill(network.Supervisor);
        await Signals.GoneAsync(network.Pids, Patience);
    }

    [Fact]
    public async Task When_a_role_is_killed_the_network_says_so_and_ends()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet");
        Signals.Kill(network.Pid("wallet"));
        Assert.Equal(1, await network.StopAsync(_ => { }));
        await Signals.GoneAsync(network.Pids, Patience);
    }

    [Fact]
    public async Task A_folder_belongs_to_one_network_at_a_time()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet");
        var run = await ProgramRun.HostAsync("devnet", "--free-ports", "--roles", "wallet", "--data", folder["data"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains("belongs to a network that runs", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_writes_is_for_its_owner_only()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet,node");
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder["data"]) & others);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder["data/devnet.json"]) & others);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder["data/wallet/wallet.token"]) & others);
    }

    [Fact]
    public async Task An_ephemeral_network_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "wallet", "--ephemeral");
        Assert.True(Directory.Exists(folder["data"]));
        Assert.Equal(0, await network.StopAsync(Signals.Terminate));
        Assert.False(Directory.Exists(folder["data"]));
    }
}
