using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;

namespace Aitbc.Cli.Providers;

internal static class ProviderStats
{
    private static readonly Argument<Address?> Provider = new("address")
    {
        Description = "The provider's address (default: the provider of the running network).",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result =>
        {
            if (result.Tokens.Count == 0)
                return null;
            if (Address.TryParse(result.Tokens[0].Value, out var address))
                return address;
            result.AddError($"'{result.Tokens[0].Value}' is no address: 0x and 40 hex digits.");
            return null;
        },
    };

    public static CliCommand Create() => new CliCommand(
        "stats", "Show what a provider executed and refused since its start.", "aitbc provider stats")
        .With(Provider).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var door = new ProviderDoor(context.Session.Http(await UrlAsync(context)));
        var stats = await door.StatsAsync(context.Cancel);
        context.Output.Facts([.. stats.Select(s => (s.Key, s.Value?.ToJsonString()))]);
        context.Output.Json(stats);
    }

    private static async Task<Uri> UrlAsync(CommandContext context)
    {
        if (context.Parsed.GetValue(Provider) is { } address)
        {
            var provider = await context.Session.Market().ProviderAsync(address, context.Cancel);
            return Uri.TryCreate(provider.Url, UriKind.Absolute, out var url)
                ? url
                : throw CliFailure.Failed("no_direct_door", $"{address} has no direct door to ask.");
        }

        return context.Session.Endpoints.Provider ?? new Uri("http://127.0.0.1:8008");
    }
}
