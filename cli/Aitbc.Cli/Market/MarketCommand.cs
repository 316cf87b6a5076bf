using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Market;

internal static class MarketCommand
{
    public const string Name = "market";
    public const string Text = "Offers, firm quotes, and the book with its prices.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc market offers --class wasm").With(
        MarketOffers.Create(),
        MarketBook.Create(),
        MarketQuoteCommand.Create(),
        MarketTicker.Create(),
        MarketCandles.Create());
}
