using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Receipts;

/// <summary>Fetches and keeps the proof that a receipt stands under its provider's published root.</summary>
internal static class ReceiptProve
{
    private static readonly Argument<string> File = new("file") { Description = "The receipt." };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Where the proof is written (default: the receipt's name with .proof.json).",
    };

    private static readonly Option<Uri?> Place = Symbols.UrlOption(
        "--provider-url", "The provider's address (default: as the coordinator has it).");

    public static CliCommand Create() => new CliCommand(
        "prove",
        "Fetch the proof that a receipt stands under the root that its provider published.",
        "aitbc receipt prove job.receipt.json").With(File, Out, Place).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var path = context.Get(File);
        var bytes = await FileAccessing.ReadAsync(path, ReceiptFile.MaxBytes, context.Cancel);
        var file = ReceiptFile.TryParse(bytes)
            ?? throw CliFailure.Failed("not_a_receipt", $"{path} is no receipt.", "'aitbc job result' writes one.");
        var proof = await ReceiptProving.AskAsync(context, file.Receipt, context.Get(Place));
        if (proof.Proof is null)
        {
            throw CliFailure.Failed(
                "not_closed", $"The hour of this receipt ({proof.Epoch}) is not closed yet.",
                "Ask again some minutes after the hour.");
        }

        var target = context.Get(Out) ?? Path.ChangeExtension(path, null) + ".proof.json";
        await FileAccessing.WriteAsync(target, System.Text.Encoding.UTF8.GetBytes(proof.ToJson()), context.Cancel);
        context.Output.Line($"Receipt {proof.Index + 1} of {proof.Count} of hour {proof.Epoch}, written to {target}.");
        context.Output.Line($"'aitbc receipt verify {path} --proof {target}' holds it against the chain.");
        context.Output.Json(new JsonObject
        {
            ["epoch"] = proof.Epoch,
            ["index"] = proof.Index,
            ["count"] = proof.Count,
            ["root"] = proof.Root.ToString(),
            ["published"] = proof.Published,
            ["file"] = target,
        });
    }
}
