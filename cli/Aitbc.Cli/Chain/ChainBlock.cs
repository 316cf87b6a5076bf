using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainBlock
{
    private static readonly Argument<string> Number = new("number")
    {
        Description = "Height, or 'latest'.",
        DefaultValueFactory = _ => "latest",
    };

    public static CliCommand Create() => new CliCommand("block", "Show a block.", "aitbc blockchain block latest")
        .With(Number).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var text = context.Get(Number);
        ulong? number = text == "latest" ? null : Parse(text);
        var block = await context.Session.Chain.BlockAsync(number, context.Cancel)
            ?? throw CliFailure.Failed("block_unknown", $"The chain has no block {text} yet.");
        context.Output.Facts(
            ("number", block.Number.ToString()),
            ("hash", block.Hash.ToString()),
            ("parent", block.ParentHash.ToString()),
            ("state root", block.StateRoot.ToString()),
            ("time", Say.Time(DateTimeOffset.FromUnixTimeSeconds((long)block.TimestampSeconds))),
            ("miner", block.Miner.ToString()),
            ("gas", $"{block.GasUsed} of {block.GasLimit}"),
            ("base fee", $"{block.BaseFeePerGas} atto-AIT"),
            ("transactions", block.Transactions.Count.ToString()));
        foreach (var transaction in block.Transactions)
            context.Output.Line($"  {transaction}");
        context.Output.Json(ToJson(block));
    }

    private static ulong Parse(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw CliFailure.Usage($"'{text}' is no height.", "Name a number or 'latest'.");

    private static JsonObject ToJson(BlockSummary block) => new()
    {
        ["number"] = block.Number,
        ["hash"] = block.Hash.ToString(),
        ["parentHash"] = block.ParentHash.ToString(),
        ["stateRoot"] = block.StateRoot.ToString(),
        ["timestamp"] = block.TimestampSeconds,
        ["miner"] = block.Miner.ToString(),
        ["gasUsed"] = block.GasUsed,
        ["gasLimit"] = block.GasLimit,
        ["baseFeePerGas"] = Say.Json(block.BaseFeePerGas),
        ["transactions"] = new JsonArray([.. block.Transactions.Select(t => (JsonNode)t.ToString())]),
    };
}
