using Aitbc.Cli.Shell;
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
            ("provider paid", story.Charged ? "yes" : "no"),
            ("order again", story.Retryable ? "may help, with a new key" : "would not help"),
            ("next", story.Next));
        context.Output.Line();
        context.Output.Table(
            ["when", "who", "what", "detail", "transaction"],
            story.Events.Select(e => (string[])
            [
                Say.Time(e.At), e.Who, e.What, e.Detail, e.Transaction?.ToString() ?? "",
            ]));
        context.Output.Json(Say.Json(story, MarketJson.Default.JobStory));
    }
}
