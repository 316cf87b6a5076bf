using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Providers;

internal static class ProviderShow
{
    private static readonly Argument<Address> Provider = Symbols.Address("address", "The provider's address.");

    public static CliCommand Create() => new CliCommand(
        "show", "Show one provider.", "aitbc provider show 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
        .With(Provider).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var provider = await context.Session.Market().ProviderAsync(context.Get(Provider), context.Cancel);
        context.Output.Facts(
            ("address", provider.Address.ToString()),
            ("direct door", provider.Url.Length == 0 ? "none" : provider.Url),
            ("agent", provider.AgentId?.ToString()),
            ("online", provider.Online ? "yes" : $"no, last seen {Say.Time(provider.LastSeenAt)}"),
            ("capacity", provider.Capacity?.ToString() ?? "not said"),
            ("registered", Say.Time(provider.RegisteredAt)));
        foreach (var offer in provider.Offers)
        {
            context.Output.Line(
                $"  {offer.ResourceClass}: {Say.Ait(offer.UnitPrice)} for {offer.UnitsPer} {offer.UnitKind}, "
                + $"at most {offer.MaxUnits} a job");
        }

        context.Output.Json(Say.Json(provider, MarketJson.Default.ProviderView));
    }
}
