using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using Xunit;

namespace System.Tests.Devnet;

/// <summary>What a network says when it cannot start, and that nothing of it stays.</summary>
public sealed class PortTests
{
    [Theory]
    [InlineData("node")]
    [InlineData("wallet")]
    public async Task A_port_in_use_is_an_error_that_names_the_port_and_the_option(string role)
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var run = await ProgramRun.HostAsync(
            "devnet", "--free-ports", $"--{role}-port", $"{port}", "--data", folder["data"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains($"Port {port} for the {role} is in use", run.Error, StringComparison.Ordinal);
        Assert.Contains($"--{role}-port", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["data/devnet.json"]));
        Assert.False(File.Exists(folder["data/processes"]));
    }

    [Fact]
    public async Task The_command_line_tells_the_same_as_one_object()
    {
        using var folder = new TemporaryFolder();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var run = await ProgramRun.CliAsync(
            "up", "--json", "--free-ports", "--node-port", $"{port}", "--data", folder["data"]);
        Assert.Equal(1, run.Exit);
        var error = run.Json.GetProperty("error");
        Assert.Equal("port_in_use", error.GetProperty("code").GetString());
        Assert.Contains("--node-port", error.GetProperty("next").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("provider", "The provider needs the wallet")]
    [InlineData("node,miner", "There is no role 'miner'")]
    public async Task Roles_that_cannot_work_are_refused_before_anything_starts(string roles, string sentence)
    {
        var run = await ProgramRun.HostAsync("devnet", "--roles", roles);
        Assert.Equal(2, run.Exit);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ephemeral_network_never_removes_a_folder_that_holds_something()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["precious"], "mine", TestContext.Current.CancellationToken);
        var run = await ProgramRun.HostAsync("devnet", "--ephemeral", "--free-ports", "--data", folder.Path);
        Assert.Equal(1, run.Exit);
        Assert.True(File.Exists(folder["precious"]));
    }
}
