using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainStatusCommand
{
    public static CliCommand Create() => new CliCommand(
        "status", "Show height, waiting transactions and the coin's supply.", "aitbc blockchain status")
        .Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var chainId = await context.Session.Chain.ChainIdAsync(context.Cancel);
        var status = await context.Session.Chain.StatusAsync(context.Cancel);
        context.Output.Facts(
            ("chain id", chainId.ToString()),
            ("height", status.Height.ToString()),
            ("waiting", $"{status.Pending} transactions, the oldest for {status.OldestPendingMs} ms"),
            ("included", $"{status.IncludedTotal} transactions since genesis"),
            ("supply", $"{Say.Ait(status.Supply.Total)} ({Say.Ait(status.Supply.Burned)} burned)"),
            ("conservation", status.Conservation ? "holds" : "BROKEN: the balances do not sum to the supply"));
        context.Output.Json(ToJson(chainId, status));
        context.Exit = status.Conservation ? ExitCode.Ok : ExitCode.Failure;
    }

    public static JsonObject ToJson(ulong chainId, ChainStatus status) => new()
    {
        ["chainId"] = chainId,
        ["height"] = status.Height,
        ["pending"] = status.Pending,
        ["oldestPendingMs"] = status.OldestPendingMs,
        ["includedTotal"] = status.IncludedTotal,
        ["supply"] = new JsonObject
        {
            ["genesis"] = Say.Json(status.Supply.Genesis),
            ["burned"] = Say.Json(status.Supply.Burned),
            ["total"] = Say.Json(status.Supply.Total),
        },
        ["conservation"] = status.Conservation,
    };
}
