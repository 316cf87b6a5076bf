using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Agents;

namespace Aitbc.Cli.Agents;

internal static class AgentList
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "How many, 1 to 100.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<ulong> From = new("--from") { Description = "Number of the first (default: 0)." };

    public static CliCommand Create() => new CliCommand(
        "list", "List agents by their numbers.", "aitbc agent list --from 100 --limit 50")
        .With(Limit, From).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var limit = context.Get(Limit);
        if (limit is < 1 or > AgentClient.MostListed)
            throw CliFailure.Usage($"--limit is 1 to {AgentClient.MostListed}.");
        var client = new AgentClient(context.Session.Chain);
        var agents = await client.ListAsync(context.Get(From), limit, context.Cancel);
        ulong? next = agents.Count == limit ? agents[^1].Id + 1 : null;
        context.Output.Table(
            ["agent", "name", "services", "x402", "owner"],
            agents.Select(a => (a, AgentProfile.TryReadUri(a.Uri))).Select(p => (string[])
            [
                p.a.Id.ToString(),
                p.Item2?.Name ?? AgentShow.Shortened(p.a.Uri),
                p.Item2 is { Services.Count: > 0 } file ? string.Join(" ", file.Services.Select(s => s.Name)) : "-",
                p.Item2 is { X402Support: true } ? "yes" : "-",
                p.a.Owner.ToString(),
            ]));
        if (next is not null)
            context.Output.Line($"More: --from {next}");
        context.Output.Json(new JsonObject
        {
            ["agents"] = new JsonArray([.. agents.Select(AgentShow.Json)]),
            ["next"] = next,
        });
    }
}
