using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainPeers
{
    private const int LongestAddress = 60;

    public static CliCommand Create() => new CliCommand(
        "peers", "Show whom the node is linked with, and what waits for them.", "aitbc blockchain peers")
        .Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var peers = await ConsensusAnswers.AskAsync<IReadOnlyList<PeerStatus>>(
            context, async (c, cancel) => await c.PeersAsync(cancel));
        context.Output.Line(peers.Count switch
        {
            0 => "The node is linked with nobody.",
            1 => "The node is linked with one peer.",
            var count => $"The node is linked with {count} peers.",
        });
        if (peers.Count > 0)
        {
            context.Output.Line();
            context.Output.Table(
                ["peer", "address", "called by", "validator", "waiting"],
                peers.Select(p => (string[])
                [
                    Say.Short(p.Id),
                    p.Address.Length > LongestAddress ? p.Address[..LongestAddress] : p.Address,
                    p.Inbound ? "it" : "us",
                    Say.OrDash(p.Operator),
                    string.Join(", ", p.Queues.Where(q => q.Value > 0).Select(q => $"{q.Key} {q.Value}")),
                ]));
        }

        context.Output.Json(new JsonObject
        {
            ["peers"] = new JsonArray([.. peers.Select(p => (JsonNode)new JsonObject
            {
                ["id"] = Say.Json(p.Id),
                ["address"] = p.Address,
                ["consensusKey"] = Say.Json(p.ConsensusKey),
                ["operator"] = p.Operator?.ToString(),
                ["inbound"] = p.Inbound,
                ["classQueues"] = new JsonObject(
                    p.Queues.Select(q => KeyValuePair.Create(q.Key, (JsonNode?)JsonValue.Create(q.Value)))),
            })]),
        });
    }
}
