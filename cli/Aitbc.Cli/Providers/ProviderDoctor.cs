using Aitbc.Cli.Serve;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Providers;

/// <summary>Looks at everything that selling needs and says what to fix; exit 1 if something is missing.</summary>
internal static class ProviderDoctor
{
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(30);

    public static CliCommand Create() => new CliCommand(
        "doctor",
        "Check what selling needs: models, containers, node, wallet, clock, the provider.",
        "aitbc provider doctor")
        .With(ProviderStatus.Url).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var findings = new List<Finding>(await new ServeChecks(context.Session, OllamaPlace.Find(), null).LookAsync(
            [], "provider", mayMake: false, context.Cancel))
        {
            ContainerPlace.Look(),
            await ClockAsync(context),
            await ProviderAsync(context),
        };
        ServeCommand.Tell(context.Output, findings);
        context.Output.Json(ServeCommand.Json(findings));
        if (findings.Any(f => !f.IsGood))
            context.Exit = ExitCode.Failure;
    }

    /// <summary>Payments are valid by the clock: a wrong one refuses good ones.</summary>
    private static async Task<Finding> ClockAsync(CommandContext context)
    {
        try
        {
            using var answer = await context.Session.Http(context.Session.Endpoints.Node).GetAsync("", context.Cancel);
            if (answer.Headers.Date is not { } there)
                return new Finding("clock", true, "the node does not state its time");
            var skew = DateTimeOffset.UtcNow - there;
            return skew.Duration() < MostSkew
                ? new Finding("clock", true, "agrees with the node's")
                : new Finding("clock", false, $"differs from the node's by {skew.TotalSeconds:0} s", "Set it by NTP.");
        }
        catch (HttpRequestException)
        {
            return new Finding("clock", false, "no node to compare it with", "'./aitbc up' starts one.");
        }
    }

    private static async Task<Finding> ProviderAsync(CommandContext context)
    {
        var place = ProviderStatus.Place(context);
        try
        {
            var health = await new ProviderDoor(context.Session.Http(place)).HealthAsync(context.Cancel);
            return health["status"]?.GetValue<string>() == "ok"
                ? new Finding("provider", true, $"{health["address"]} at {place}")
                : new Finding("provider", false, $"the one at {place} waits for its wallet or node", "See its log.");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
        {
            return new Finding("provider", false, $"none answers at {place}", "'aitbc ai-serve' starts one.");
        }
    }
}
