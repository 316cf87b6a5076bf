using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Jobs;

internal static class JobCancel
{
    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "cancel",
            "Give up a job that nobody works on; what was paid comes back.",
            $"aitbc job cancel {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var market = await symbols.MarketAsync(context);
        JobShow.Tell(context.Output, await market.CancelAsync(context.Get(symbols.Id), context.Cancel));
    }
}
