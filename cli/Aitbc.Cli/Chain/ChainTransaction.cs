using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainTransaction
{
    private static readonly Argument<Hash256> Hash = Symbols.Hash("hash", "Hash of the transaction.");

    public static CliCommand Create() => new CliCommand(
        "tx",
        "Show what became of a transaction.",
        "aitbc blockchain tx 0x3b0a4ab2f6a2a4a8d1b4d6fb5b2d9a9a5c1c7d4e0a6c3f2e8b7d1c9f0e5a4b3c")
        .With(Hash).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var hash = context.Get(Hash);
        var receipt = await context.Session.Chain.ReceiptAsync(hash, context.Cancel)
            ?? throw CliFailure.Failed(
                "transaction_unknown",
                $"The chain has no transaction {hash}.",
                "It may still wait: 'aitbc blockchain status' shows how many do.");
        var fee = receipt.EffectiveGasPrice * receipt.GasUsed;
        context.Output.Facts(
            ("transaction", receipt.TransactionHash.ToString()),
            ("block", receipt.BlockNumber.ToString()),
            ("from", receipt.From.ToString()),
            ("to", Say.OrDash(receipt.To)),
            ("result", receipt.Succeeded ? "succeeded" : "reverted"),
            ("gas used", receipt.GasUsed.ToString()),
            ("fee", Say.Ait(fee)),
            ("events", receipt.Logs.Count.ToString()));
        context.Output.Json(ToJson(receipt, fee));
    }

    private static JsonObject ToJson(TransactionReceipt receipt, UInt256 fee) => new()
    {
        ["hash"] = receipt.TransactionHash.ToString(),
        ["block"] = receipt.BlockNumber,
        ["from"] = receipt.From.ToString(),
        ["to"] = receipt.To?.ToString(),
        ["succeeded"] = receipt.Succeeded,
        ["gasUsed"] = receipt.GasUsed,
        ["fee"] = Say.Json(fee),
        ["events"] = receipt.Logs.Count,
    };
}
