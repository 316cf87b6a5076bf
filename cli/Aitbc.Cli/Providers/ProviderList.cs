using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Providers;

internal static class ProviderList
{
    public static CliCommand Create() => new CliCommand(
        "list", "List the providers that are registered with the coordinator.", "aitbc provider list").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var page = await context.Session.Market().ProvidersAsync(cancel: context.Cancel);
        context.Output.Table(
            ["address", "online", "engine", "unit", "price"],
            page.Providers.SelectMany(p => p.Offers.Select(o => (string[])
            [
                p.Address.ToString(),
                p.Online ? "yes" : "no",
                o.ResourceClass,
                o.UnitKind,
                $"{Say.Ait(o.UnitPrice)} for {o.UnitsPer}",
            ])));
        context.Output.Json(Say.Json(page, MarketJson.Default.ProviderPage));
    }
}
