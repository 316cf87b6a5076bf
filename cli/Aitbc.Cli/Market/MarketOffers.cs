using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Market;

internal static class MarketOffers
{
    private static readonly Option<string?> Class = MarketSymbols.ClassOption();
    private static readonly Option<string?> Region = new("--region") { Description = "Only this region." };

    private static readonly Option<string?> Privacy = new("--privacy")
    {
        Description = "At least this privacy class: open, no-log or attested.",
    };

    private static readonly Option<bool> Warm = new("--warm") { Description = "Only where work begins at once." };
    private static readonly Option<string?> Gpu = MarketSymbols.Gpu();
    private static readonly Option<int> Limit = MarketSymbols.Limit();
    private static readonly Option<string?> After = MarketSymbols.After();

    public static CliCommand Create() => new CliCommand(
        "offers", "List what is sold, cheapest first in each class.", "aitbc market offers --class wasm --limit 5")
        .With(Class, Region, Privacy, Warm, Gpu, Limit, After).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var filter = new OfferFilter
        {
            ResourceClass = context.Get(Class),
            Region = context.Get(Region),
            Privacy = context.Get(Privacy),
            Warm = context.Get(Warm),
            Gpu = context.Get(Gpu),
        };
        var page = await context.Session.Market()
            .OffersAsync(filter, context.Get(Limit), context.Get(After), context.Cancel);
        context.Output.Table(
            [
                "class", "price", "for", "free", "most", "region", "privacy", "state", "gpu", "promise", "score",
                "provider",
            ],
            page.Offers.Select(o => (string[])
            [
                o.Offer.ResourceClass,
                Say.Ait(o.Offer.UnitPrice),
                $"{o.Offer.UnitsPer} {o.Offer.UnitKind}",
                $"{o.Free}/{o.Slots}",
                o.Offer.MaxUnits.ToString(),
                o.Offer.Region.Length == 0 ? "-" : o.Offer.Region,
                o.Offer.Privacy,
                o.Online ? o.Offer.Warmth : "offline",
                o.Offer.Gpu.Length == 0 ? "-" : $"{o.Offer.Gpu} ({o.GpuState})",
                Say.OrDash(o.Offer.Level()),
                o.Score.ToString(),
                o.Offer.Provider.ToString(),
            ]));
        MarketSymbols.TellNext(context.Output, page.Next);
        context.Output.Json(Say.Json(page, MarketJson.Default.OfferPage));
    }
}
