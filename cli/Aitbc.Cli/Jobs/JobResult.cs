using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Jobs;

internal static class JobResult
{
    private static readonly Option<string?> File = new("--output") { Description = "Write the result to this file." };
    private static readonly Option<string?> Receipt = new("--receipt")
    {
        Description = "Write the receipt to this file.",
    };

    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "result",
            "Fetch what a job gave, and its receipt.",
            $"aitbc job result {JobSymbols.ExampleId} --output answer.txt --receipt receipt.json")
            .With(symbols.Id, File, Receipt, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var id = context.Get(symbols.Id);
        var account = await context.Session.AccountAsync(context.Get(symbols.Account), context.Cancel);
        var flow = await JobFlow.OpenAsync(context.Session, account.Address, context.Cancel);
        var paid = await flow.CollectAsync(id, context.Cancel);
        var output = paid.Output;
        var json = new JsonObject
        {
            ["id"] = id.ToString(),
            ["bytes"] = output.Length,
            ["receiptVerified"] = paid.Verification.IsValid,
        };
        if (context.Get(Receipt) is { } receiptFile)
        {
            await FileAccessing.WriteAsync(receiptFile, Encoding.UTF8.GetBytes(paid.Receipt.ToJson()), context.Cancel);
            json["receiptFile"] = receiptFile;
            context.Output.Progress($"receipt written to {receiptFile}");
        }

        if (context.Get(File) is { } file)
        {
            await FileAccessing.WriteAsync(file, output, context.Cancel);
            json["outputFile"] = file;
            context.Output.Progress($"{output.Length} bytes written to {file}");
        }
        else
        {
            json["outputBase64"] = Convert.ToBase64String(output);
            context.Output.Result(Encoding.UTF8.GetString(output).TrimEnd('\n'));
        }

        if (paid.Job.Credit is { } credit)
        {
            json["credit"] = credit.ToString();
            context.Output.Progress(
                $"{Say.Ait(credit)} of {Say.Ait(paid.Job.Charge)} come back, for the result came later than promised");
        }

        context.Output.Progress(paid.Verification.Detail);
        context.Output.Json(json);
        context.Exit = paid.Verification.IsValid ? ExitCode.Ok : ExitCode.Failure;
    }
}
