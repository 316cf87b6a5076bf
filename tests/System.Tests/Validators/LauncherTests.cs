using System.Tests.Processes;
using System.Text.Json;
using Xunit;

namespace System.Tests.Validators;

/// <summary>A network of four validators as a user starts it: four node processes that find each other.</summary>
public sealed class LauncherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Four_validators_are_four_processes_that_link_and_a_killed_one_is_told_and_they_start_again()
    {
        using var folder = new TemporaryFolder();
        var keys = new List<string>();
        await using (var network = await TestNetwork.StartAsync(folder["data"], "--roles", "node", "--validators", "4"))
        {
            var nodes = network.Ready.GetProperty("processes").EnumerateArray().ToList();
            Assert.Equal(["node", "node-2", "node-3", "node-4"], nodes.Select(n => n.GetProperty("name").GetString()));
            Assert.All(nodes, n => Assert.Equal("node", n.GetProperty("role").GetString()));
            Assert.Equal(4, nodes.Select(n => n.GetProperty("url").GetString()).Distinct().Count());
            await LinkedAsync(folder, "node", "node-2", "node-3", "node-4");
            keys.AddRange(Genesis(folder));

            var third = nodes[2].GetProperty("pid").GetInt32();
            Signals.Kill(third);
            await SeeAsync(() => Ended(folder) is ["node-3"], "the network's file tells of it");
            var status = await ProgramRun.CliAsync("status", "--json", "--data", folder["data"]);
            var states = status.Json.GetProperty("daemons").EnumerateArray().ToDictionary(
                d => d.GetProperty("role").GetString()!, d => d.GetProperty("state").GetString());
            Assert.Equal(("ok", "ended", "ok"), (states["node-2"], states["node-3"], states["node-4"]));

            // The first is no other, and who started the network can start a validator again.
            Signals.Kill(nodes[0].GetProperty("pid").GetInt32());
            await SeeAsync(() => Ended(folder) is ["node-3", "node"], "the first has ended and the network has not");
            using var again = ProgramRun.Start(
                Built.Dotnet,
                [Built.Host, "run", "node", "--supervised", "--config", folder["data/config/node.json"]]);
            Assert.Contains(
                "\"role\":\"node\"", await again.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            Assert.True(Signals.IsAlive(network.Supervisor));
            again.StandardInput.Close();
            await again.WaitForExitAsync();
            Assert.Equal(0, await network.StopAsync(Signals.Interrupt));
        }

        var other = await ProgramRun.HostAsync(
            "devnet", "--json", "--free-ports", "--roles", "node", "--validators", "3", "--data", folder["data"]);
        Assert.Equal(1, other.Exit);
        Assert.Contains("has 4 validators, not 3", other.Out, StringComparison.Ordinal);
        await using var restarted = await TestNetwork.StartAsync(folder["data"], "--roles", "node");
        await LinkedAsync(folder, "node", "node-2", "node-3", "node-4");
        Assert.Equal(keys, Genesis(folder));
    }

    [Fact]
    public async Task Validators_that_do_not_reach_each_other_are_no_network_that_is_ready()
    {
        using var folder = new TemporaryFolder();
        var run = await ProgramRun.HostAsync(
            "devnet", "--json", "--free-ports", "--roles", "node", "--validators", "2", "--redis", "127.0.0.1:1",
            "--data", folder["data"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains("validators_apart", run.Out, StringComparison.Ordinal);
        Assert.Contains("Does the Redis server", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedded_Redis_server_that_is_not_built_is_told_with_how_to_build_it()
    {
        using var folder = new TemporaryFolder();
        var program = Path.Combine(Path.GetDirectoryName(Built.Host)!, "..", "..", "Aitbc.Garnet");
        Assert.SkipWhen(Directory.Exists(program), "It is built here.");
        var run = await ProgramRun.HostAsync(
            "devnet", "--json", "--free-ports", "--roles", "node", "--validators", "4", "--redis", "embedded", "--data",
            folder["data"]);
        Assert.Equal(1, run.Exit);
        Assert.Contains("dotnet build apps/Aitbc.Garnet", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devnet", "--validators", "0", "--validators is 1 to 16")]
    [InlineData("devnet", "--validators", "17", "--validators is 1 to 16")]
    [InlineData("run", "wallet", "--p2p-listen=127.0.0.1:1", "are for the node")]
    [InlineData("run", "node", "--listen=nowhere", "'nowhere' is no address")]
    public async Task What_cannot_be_is_refused_before_anything_starts(
        string command, string option, string value, string sentence)
    {
        string[] more = command == "run" ? ["--config", "nowhere.json"] : [];
        var run = await ProgramRun.HostAsync([command, option, value, .. more]);
        Assert.Equal(2, run.Exit);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "nowhere.json cannot be read")]
    public async Task An_address_to_listen_on_is_understood(string address, string sentence)
    {
        var run = await ProgramRun.HostAsync("run", "node", "--config", "nowhere.json", "--listen", address);
        Assert.Equal(1, run.Exit);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_keys_of_a_node_are_made_once_and_shown()
    {
        using var folder = new TemporaryFolder();
        var first = await ProgramRun.HostAsync("keys", "--data", folder["node"], "--json");
        var second = await ProgramRun.HostAsync("keys", "--data", folder["node"], "--json");
        Assert.Equal((0, first.Out), (second.Exit, second.Out));
        Assert.Equal(66, first.Json.GetProperty("consensusKey").GetString()!.Length);
        Assert.Equal(66, first.Json.GetProperty("transportKeyHash").GetString()!.Length);
        File.SetUnixFileMode(folder["node/transport.key"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var exposed = await ProgramRun.HostAsync("keys", "--data", folder["node"]);
        Assert.Equal(1, exposed.Exit);
        Assert.Contains("chmod 600", exposed.Error, StringComparison.Ordinal);
    }

    // Each log tells of links with all the others.
    private static Task LinkedAsync(TemporaryFolder folder, params string[] nodes) => SeeAsync(
        () => nodes.All(n => ReadLog(folder[$"data/logs/{n}.log"])
            .Where(l => l.Contains(" linked with 0x", StringComparison.Ordinal))
            .Select(l => l.Split(" linked with ")[1].Split(' ')[0].TrimEnd(':'))
            .Distinct().Count() == nodes.Length - 1),
        "every node is linked with every other",
        () => string.Join('\n', nodes.SelectMany(n => ReadLog(folder[$"data/logs/{n}.log"]).Select(l => $"{n}: {l}"))));

    private static List<string> ReadLog(string path)
    {
        using var reader = new StreamReader(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return [.. reader.ReadToEnd().Split('\n')];
    }

    private static List<string> Genesis(TemporaryFolder folder)
    {
        using var genesis = JsonDocument.Parse(File.ReadAllBytes(folder["data/genesis.json"]));
        return [.. genesis.RootElement.GetProperty("validators").EnumerateArray().Select(v => v.GetRawText())];
    }

    private static List<string> Ended(TemporaryFolder folder)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(folder["data/devnet.json"]));
        return file.RootElement.TryGetProperty("ended", out var ended)
            ? [.. ended.EnumerateObject().Select(e => e.Name)]
            : [];
    }

    private static async Task SeeAsync(Func<bool> condition, string what, Func<string>? more = null)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!condition())
        {
            if (late.IsCancellationRequested)
                throw new TimeoutException($"Not within {Patience}: {what}.\n{more?.Invoke()}");
            await Task.Delay(20);
        }
    }
}
