using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Status;

/// <summary>
/// Whether each daemon answers, and what the chain and the market hold. What is not known is said to be.
/// </summary>
internal static class StatusCommand
{
    public const string Name = "status";
    public const string Text = "Show whether the network's daemons answer, and what they hold.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc status --json").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var endpoints = context.Session.Endpoints;
        var daemons = new List<(string Role, Uri Url)>
        {
            ("node", endpoints.Node), ("wallet", endpoints.Wallet), ("coordinator", endpoints.Coordinator),
        };
        if (endpoints.Provider is { } provider)
            daemons.Add(("provider", provider));
        daemons.AddRange(endpoints.MoreNodes);
        var answers = await Task.WhenAll(daemons.Select(d => endpoints.Ended.ContainsKey(d.Role)
            ? Task.FromResult("ended")
            : HealthAsync(context, d.Url)));
        var chain = answers[0] == "ok" ? await context.Session.Chain.StatusAsync(context.Cancel) : null;
        var jobs =
            chain is null ? (ulong?)null : await new EscrowClient(context.Session.Chain).JobCountAsync(context.Cancel);
        var online = answers[2] == "ok"
            ? (await context.Session.Market().ProvidersAsync(cancel: context.Cancel)).Providers.Count(p => p.Online)
            : (int?)null;
        context.Output.Table(
            ["daemon", "address", "state"],
            daemons.Select((d, i) => (string[])[d.Role, d.Url.GetLeftPart(UriPartial.Authority), answers[i]]));
        foreach (var ended in endpoints.Ended.Values)
            context.Output.Line(ended);
        context.Output.Line();
        context.Output.Facts(
            ("height", chain?.Height.ToString() ?? "not known"),
            ("waiting", chain?.Pending.ToString() ?? "not known"),
            ("conservation", chain is null ? "not known" : chain.Conservation ? "holds" : "BROKEN"),
            ("jobs in escrow", jobs?.ToString() ?? "not known"),
            ("providers online", online?.ToString() ?? "not known"));
        context.Output.Json(new JsonObject
        {
            ["daemons"] = new JsonArray([.. daemons.Select((d, i) => (JsonNode)new JsonObject
            {
                ["role"] = d.Role,
                ["url"] = d.Url.GetLeftPart(UriPartial.Authority),
                ["state"] = answers[i],
            })]),
            ["chain"] = chain is null
                ? null
                : Chain.ChainStatusCommand.ToJson(await context.Session.Chain.ChainIdAsync(context.Cancel), chain),
            ["jobs"] = jobs,
            ["providersOnline"] = online,
        });
        if (answers.Any(a => a == "unreachable"))
        {
            context.Output.Progress(Failures.StartNetwork);
            context.Exit = ExitCode.Unreachable;
        }
    }

    private static async Task<string> HealthAsync(CommandContext context, Uri url)
    {
        try
        {
            using var response = await context.Session.Http(url).GetAsync("health", context.Cancel);
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(context.Cancel));
            return body.RootElement.TryGetProperty("status", out var status)
                ? status.GetString() ?? "unknown"
                : "unknown";
        }
        catch (HttpRequestException)
        {
            return "unreachable";
        }
        catch (JsonException)
        {
            return "unknown";
        }
    }
}
