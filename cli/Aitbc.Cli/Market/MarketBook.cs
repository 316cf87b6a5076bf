using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Market;

internal static class MarketBook
{
    private static readonly Argument<string> Class = MarketSymbols.Class();

    private static readonly Option<int> Depth = new("--depth")
    {
        Description = "Most prices of each side, 1 to 100.",
        DefaultValueFactory = _ => 10,
    };

    public static CliCommand Create() => new CliCommand(
        "book", "Show what rests in the book of a class.", "aitbc market book wasm --depth 5")
        .With(Class, Depth).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var book = await context.Session.Market().BookAsync(context.Get(Class), context.Get(Depth), context.Cancel);
        context.Output.Table(
            ["side", "price", "slots", "orders"],
            book.Asks.Reverse().Select(l => Row("ask", l)).Concat(book.Bids.Select(l => Row("bid", l))));
        context.Output.Line($"Prices are for {book.PricedPer} units; {book.Sequence} changes so far.");
        context.Output.Json(Say.Json(book, MarketJson.Default.BookView));
    }

    private static string[] Row(string side, DepthLevel level) =>
        [side, Say.Ait(level.Price), level.Quantity.ToString(), level.Orders.ToString()];
}
