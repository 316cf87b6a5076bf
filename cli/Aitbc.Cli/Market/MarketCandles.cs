using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Market;

internal static class MarketCandles
{
    private static readonly Argument<string> Class = MarketSymbols.Class();

    private static readonly Option<string> Interval = new("--interval")
    {
        Description = "1m, 5m, 1h or 1d.",
        DefaultValueFactory = _ => "1h",
    };

    private static readonly Option<int> Limit = MarketSymbols.Limit();
    private static readonly Option<string?> After = MarketSymbols.After();

    public static CliCommand Create() => new CliCommand(
        "candles",
        "Show open, high, low, close and volume of a class, newest first.",
        "aitbc market candles wasm --interval 1h")
        .With(Class, Interval, Limit, After).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var page = await context.Session.Market().CandlesAsync(
            context.Get(Class),
            context.Get(Interval) ?? "1h",
            context.Get(Limit),
            context.Get(After),
            context.Cancel);
        context.Output.Table(
            ["from", "open", "high", "low", "close", "slots", "trades"],
            page.Candles.Select(c => (string[])
            [
                Say.Time(c.From),
                Say.Ait(c.Open),
                Say.Ait(c.High),
                Say.Ait(c.Low),
                Say.Ait(c.Close),
                c.Volume.ToString(),
                c.Trades.ToString(),
            ]));
        MarketSymbols.TellNext(context.Output, page.Next);
        context.Output.Json(Say.Json(page, MarketJson.Default.CandlePage));
    }
}
