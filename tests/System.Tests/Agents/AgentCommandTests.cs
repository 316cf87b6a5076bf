using System.Tests.Processes;
using System.Text.Json;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.Agents;

/// <summary>Agents of the identity registry through the command line, on a real chain with a real wallet.</summary>
public sealed class AgentCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_agent_is_registered_listed_and_shown_and_cannot_write_into_the_terminal_of_who_looks()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "node,wallet");
        Task<ProgramRun> Cli(params string[] arguments) =>
            ProgramRun.CliAsync([.. arguments, "--data", network.Data]);
        var registered = await Cli(
            "agent", "register", "translator", "--description", "Translates.", "--service", "MCP=https://host/mcp",
            "--x402", "--account", "dev1", "--json");
        Assert.Equal((0, ""), (registered.Exit, registered.Error));
        using var document = JsonDocument.Parse(registered.Out);
        Assert.Equal(0UL, document.RootElement.GetProperty("agentId").GetUInt64());

        var sender = await network.Session.SenderAsync(Cancel);
        var owner = await network.Session.AccountAsync("dev2", Cancel);
        var agents = new AgentClient(network.Session.Chain, sender);
        var hostile = new AgentProfile { Name = "\u001b[2Jgone\r", Description = "a\nb" };
        var metadata = new Dictionary<string, byte[]> { ["a"] = [1, 2], ["b"] = [3] };
        Assert.Equal(1UL, (await agents.RegisterAsync(owner.Address, hostile.ToUri(), metadata, Cancel)).Id);
        Assert.Equal([1, 2], await agents.MetadataAsync(1, "a", Cancel));
        Assert.Equal([3], await agents.MetadataAsync(1, "b", Cancel));

        var list = await Cli("agent", "list");
        Assert.Contains("translator", list.Out, StringComparison.Ordinal);
        Assert.Contains("\uFFFD[2Jgone\uFFFD", list.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', list.Out);
        var page = await Cli("agent", "list", "--from", "1", "--limit", "1", "--json");
        using var second = JsonDocument.Parse(page.Out);
        Assert.Equal(1UL, second.RootElement.GetProperty("agents")[0].GetProperty("agentId").GetUInt64());
        Assert.Equal(2UL, second.RootElement.GetProperty("next").GetUInt64());

        await agents.SetUriAsync(owner.Address, 1, "https://example.com/agent.json", Cancel);
        await agents.SetMetadataAsync(owner.Address, 1, "a", default, Cancel);
        var shown = await Cli("agent", "show", "1");
        Assert.Contains("https://example.com/agent.json", shown.Out, StringComparison.Ordinal);
        Assert.Contains(owner.Address.ToString(), shown.Out, StringComparison.Ordinal);
        Assert.Empty(await agents.MetadataAsync(1, "a", Cancel));
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await agents.SetUriAsync(
            (await network.Session.AccountAsync("dev3", Cancel)).Address, 1, "", Cancel));
        Assert.Equal("Error(Not authorized)", refused.Revert?.ToString());

        var unknown = await Cli("agent", "show", "7");
        Assert.Equal(1, unknown.Exit);
        Assert.Contains("no agent 7", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Cli("agent", "list", "--limit", "101")).Exit);
        Assert.Equal(2, (await Cli("agent", "register", "x", "--service", "nothing")).Exit);
    }
}
