using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>Why a job ended as it did, or why it has not, with evidence.</summary>
internal static class WhyCommand
{
    public const string Name = "why";
    public const string Text = "Tell what happened to a job, who did it, and the evidence.";

    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(Name, Text, $"aitbc why {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var market = await symbols.MarketAsync(context);
        var story = await market.WhyAsync(context.Get(symbols.Id), context.Cancel);
        context.Output.Facts(
            ("job", story.Id.ToString()),
            ("state", story.State + (story.Reason is null ? "" : $" ({story.Reason})")),
            ("charged", story.Charged ? Say.Ait(story.Charge) : "no"),
            ("credit", story.Credit is { } credit ? $"{Say.Ait(credit)} less, for the result came late" : null),
            ("retryable", story.Retryable ? "yes, with a new key" : "no"),
            ("next", story.Next));
        context.Output.Line();
        foreach (var told in story.Events)
            await TellAsync(context, told);
        context.Output.Json(Say.Json(story, MarketJson.Default.JobStory));
    }

    private static async Task TellAsync(CommandContext context, JobEvent told)
    {
        if (context.Output.IsJson)
            return;
        context.Output.Line($"{Say.Time(told.At)}  {told.Who} {told.What}. {told.Detail}");
        if (told.Transaction is { } transaction)
            context.Output.Line($"    transaction {transaction}: {await OnChainAsync(context, transaction)}");
        if (told.Signature is not null)
            context.Output.Line($"    signature {told.Signature} of {told.Signer}");
        if (told.Log is not null)
            context.Output.Line($"    log of the coordinator: {told.Log}");
    }

    /// <summary>What one's own node says of it: the coordinator's word is not the evidence.</summary>
    private static async Task<string> OnChainAsync(CommandContext context, Hash256 transaction)
    {
        try
        {
            return await context.Session.Chain.ReceiptAsync(transaction, context.Cancel) switch
            {
                null => "the node does not know it",
                { Succeeded: false } receipt => $"failed in block {receipt.BlockNumber}",
                { } receipt => $"in block {receipt.BlockNumber}",
            };
        }
        catch (ChainUnavailableException)
        {
            return "the node does not answer";
        }
    }
}
