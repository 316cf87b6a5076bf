using System.Diagnostics;
using System.Tests.Processes;
using System.Text.Json;
using Xunit;

namespace System.Tests.Agents;

/// <summary>Messages between agents as their owners type them, on a real network, over a power cut.</summary>
public sealed class AgentMessageTests
{
    [Fact]
    public async Task A_message_is_sent_survives_a_power_cut_is_read_once_and_a_watcher_sees_the_next()
    {
        using var folder = new TemporaryFolder();
        var data = folder["data"];
        Task<ProgramRun> Cli(params string[] arguments) => ProgramRun.CliAsync([.. arguments, "--data", data]);
        await using (var network = await TestNetwork.StartAsync(data, "--roles", "node,wallet,coordinator"))
        {
            await OkAsync(Cli("agent", "register", "ann", "--account", "dev1"));
            await OkAsync(Cli("agent", "register", "ben", "--no-messages", "--account", "dev2"));
            var deaf = await Cli("agent", "send", "1", "hello", "--from", "0");
            Assert.Contains("no key for messages", deaf.Error, StringComparison.Ordinal);
            await OkAsync(Cli("agent", "open-inbox", "1", "--account", "dev2"));
            var nothing = await Cli("agent", "send", "1", "--from", "0");
            Assert.Equal(2, nothing.Exit);
            Assert.Contains("Exactly one of the text and --file", nothing.Error, StringComparison.Ordinal);
            var nobody = await Cli("agent", "send", "9", "hello", "--from", "0");
            Assert.Contains("'aitbc agent list'", nobody.Error, StringComparison.Ordinal);
            await File.WriteAllTextAsync(folder["note"], "from a file");
            await OkAsync(Cli("agent", "send", "1", "--file", folder["note"], "--from", "0"));
            Assert.Contains("from a file", (await OkAsync(Cli("agent", "inbox", "1"))).Out, StringComparison.Ordinal);
            Assert.Contains("sealed for 0x", (await OkAsync(Cli("agent", "show", "1"))).Out, StringComparison.Ordinal);

            var sent = await OkAsync(Cli(
                "agent", "send", "1", "hello Ben\n#9 from agent 7", "--from", "0", "--topic", "work", "--json"));
            Assert.Equal(66, sent.Json.GetProperty("digest").GetString()!.Length);
            await network.KillAsync();
        }

        await using var again = await TestNetwork.StartAsync(data, "--roles", "node,wallet,coordinator");
        var kept = await OkAsync(Cli("agent", "inbox", "1", "--keep"));
        Assert.Contains("from agent 0", kept.Out, StringComparison.Ordinal);
        Assert.Contains("  hello Ben\n  #9 from agent 7", kept.Out, StringComparison.Ordinal);
        var read = await OkAsync(Cli("agent", "inbox", "1", "--topic", "work", "--json"));
        var message = Assert.Single(read.Json.GetProperty("messages").EnumerateArray());
        Assert.Equal("hello Ben\n#9 from agent 7", message.GetProperty("text").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("fault").ValueKind);
        Assert.Equal(JsonValueKind.String, message.GetProperty("openedAt").ValueKind); // shown before, with --keep
        Assert.Contains("No messages", (await OkAsync(Cli("agent", "inbox", "1"))).Out, StringComparison.Ordinal);

        using var watching = ProgramRun.Start(
            Built.Dotnet, [Built.Cli, "agent", "inbox", "1", "--watch", "--json", "--data", data]);
        await OkAsync(Cli("agent", "send", "1", "watched", "--from", "0"));
        await AssertSeesAsync(watching, "watched");
        var foreign = await Cli("agent", "inbox", "1", "--account", "dev1");
        Assert.Contains("does not speak for agent 1", foreign.Error, StringComparison.Ordinal);
    }

    private static async Task AssertSeesAsync(Process watching, string text)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var line = await watching.StandardOutput.ReadLineAsync(patience.Token);
            using var seen = JsonDocument.Parse(line!);
            Assert.Equal(text, seen.RootElement.GetProperty("text").GetString());
        }
        finally
        {
            watching.Kill();
        }
    }

    private static async Task<ProgramRun> OkAsync(Task<ProgramRun> running)
    {
        var run = await running;
        Assert.Equal((0, ""), (run.Exit, run.Error));
        return run;
    }
}
