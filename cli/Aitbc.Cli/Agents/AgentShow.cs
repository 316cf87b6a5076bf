using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Agents;

internal static class AgentShow
{
    private const int MostOfUri = 40;
    private static readonly Argument<ulong> Id = new("agent") { Description = "Its number." };

    public static CliCommand Create() => new CliCommand(
        "show", "Show an agent, and what it says of itself.", "aitbc agent show 0")
        .With(Id).Does(RunAsync);

    /// <summary>The beginning of an address that may be long.</summary>
    public static string Shortened(string uri) =>
        uri.Length == 0 ? "-" : uri.Length <= MostOfUri ? uri : uri[..MostOfUri] + "..";

    public static JsonNode Json(Agent agent) => new JsonObject
    {
        ["agentId"] = agent.Id,
        ["owner"] = agent.Owner.ToString(),
        ["wallet"] = agent.Wallet?.ToString(),
        ["uri"] = agent.Uri,
        ["profile"] = AgentProfile.TryReadUri(agent.Uri) is { } file ? Json(file) : null,
    };

    private static async Task RunAsync(CommandContext context)
    {
        var id = context.Get(Id);
        var client = new AgentClient(context.Session.Chain);
        var agent = await client.FindAsync(id, context.Cancel) ?? throw AgentVoice.Unknown(id);
        var file = AgentProfile.TryReadUri(agent.Uri);
        var (feedback, isSummed) = await FeedbackAsync(context, id);
        var key = (await client.StandingAsync(id, context.Cancel))?.MessageKey;
        context.Output.Facts(
            ("agent", agent.Id.ToString()),
            ("registry", Agent.RegistryName(
                await context.Session.Chain.ChainIdAsync(context.Cancel), client.Registry)),
            ("owner", agent.Owner.ToString()),
            ("paid to", agent.Wallet?.ToString() ?? "nobody: its owner has not said where since the last transfer"),
            ("feedback", feedback is not null
                ? $"{feedback.Mean} of {FeedbackClient.Best}, said {feedback.Count} times by {feedback.Clients} "
                    + "accounts, unchecked"
                : isSummed ? "none" : "more than the node sums up in one call"),
            ("messages", key is null ? "nobody can write to it: it registered no key" : $"sealed for {key}"),
            ("file", file is null ? Shortened(agent.Uri) : "on the chain"),
            ("says: name", file?.Name),
            ("says: does", file is { Description.Length: > 0 } ? file.Description : null),
            ("says: x402", file is null ? null : file.X402Support ? "yes" : "no"),
            ("says: active", file is null ? null : file.Active ? "yes" : "no"));
        foreach (var service in file?.Services ?? [])
            context.Output.Line($"says: {service.Name} at {service.Endpoint}");
        var json = Json(agent);
        json["feedback"] = feedback is null ? null : new JsonObject
        {
            ["mean"] = feedback.Mean,
            ["count"] = feedback.Count,
            ["clients"] = feedback.Clients,
        };
        json["messageKey"] = key?.ToString();
        context.Output.Json(json);
    }

    /// <summary>No sum where there is more of it than the node adds up in one call.</summary>
    private static async Task<(FeedbackSummary? Feedback, bool IsSummed)> FeedbackAsync(
        CommandContext context, ulong id)
    {
        try
        {
            return (await new FeedbackClient(context.Session.Chain).SummaryAsync(id, context.Cancel), true);
        }
        catch (RpcException)
        {
            return (null, false);
        }
    }

    private static JsonObject Json(AgentProfile file) => new()
    {
        ["name"] = file.Name,
        ["description"] = file.Description,
        ["image"] = file.Image,
        ["services"] = new JsonArray([.. file.Services.Select(s => new JsonObject
        {
            ["name"] = s.Name,
            ["endpoint"] = s.Endpoint,
            ["version"] = s.Version,
        })]),
        ["x402Support"] = file.X402Support,
        ["active"] = file.Active,
    };
}
