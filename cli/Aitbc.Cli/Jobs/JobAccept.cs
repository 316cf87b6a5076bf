using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Jobs;

internal static class JobAccept
{
    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand(
            "accept",
            "Say that a result which could still be disputed is good; the provider is paid now.",
            $"aitbc job accept {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var market = await symbols.MarketAsync(context);
        JobShow.Tell(context.Output, await market.AcceptAsync(context.Get(symbols.Id), context.Cancel));
    }
}
