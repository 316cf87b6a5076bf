using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Market;

internal static class MarketTicker
{
    private static readonly Option<string?> Class = MarketSymbols.ClassOption();
    private static readonly Option<int> Limit = MarketSymbols.Limit();
    private static readonly Option<string?> After = MarketSymbols.After();

    public static CliCommand Create() => new CliCommand(
        "ticker", "Show the prices of every class, a line each.", "aitbc market ticker --class wasm")
        .With(Class, Limit, After).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var page = await context.Session.Market()
            .TickersAsync(context.Get(Class), context.Get(Limit), context.Get(After), context.Cancel);
        context.Output.Table(
            ["class", "last", "ask", "bid", "24h low", "24h high", "24h slots", "priced per"],
            page.Tickers.Select(t => (string[])
            [
                t.ResourceClass,
                Say.Ait(t.Last),
                Say.Ait(t.Ask),
                Say.Ait(t.Bid),
                Say.Ait(t.Day?.Low),
                Say.Ait(t.Day?.High),
                Say.OrDash(t.Day?.Volume),
                t.PricedPer.ToString(),
            ]));
        MarketSymbols.TellNext(context.Output, page.Next);
        context.Output.Json(Say.Json(page, MarketJson.Default.TickerPage));
    }
}
