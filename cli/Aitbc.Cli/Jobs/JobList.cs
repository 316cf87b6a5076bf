using System.CommandLine;
using Aitbc.Cli.Market;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

internal static class JobList
{
    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "How many, 1 to 100.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<string?> After = MarketSymbols.After();

    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand("list", "List an account's jobs, newest first.", "aitbc job list --limit 5")
            .With(Limit, After, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var market = await symbols.MarketAsync(context);
        var page = await market.JobsAsync(context.Get(Limit), context.Get(After), context.Cancel);
        context.Output.Table(
            ["id", "engine", "state", "charge", "ordered"],
            page.Jobs.Select(j => (string[])
            [
                j.Id.ToString(), j.Terms.Engine, j.State.ToString(), Say.Ait(j.Charge), Say.Time(j.CreatedAt),
            ]));
        MarketSymbols.TellNext(context.Output, page.Next);
        context.Output.Json(Say.Json(page, MarketJson.Default.JobPage));
    }
}
