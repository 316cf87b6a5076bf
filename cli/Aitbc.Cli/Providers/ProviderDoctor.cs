using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Budgets;
using Aitbc.Cli.Serve;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Providers;

/// <summary>Looks at everything that selling needs and says what to fix; exit 1 if something is missing.</summary>
internal static class ProviderDoctor
{
    private const string UsualMax = "0.01";
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(30);

    private static readonly Option<string?> Budget = new("--budget")
    {
        Description = "Buy a small answer of the provider within this budget (label or id), and check its receipt.",
    };

    private static readonly Option<Amount?> Max = Symbols.AmountOption(
        "--max", $"The most that this may cost (default: {UsualMax} AIT).");

    public static CliCommand Create() => new CliCommand(
        "doctor",
        "Check what selling needs: models, containers, GPU, node, wallet, clock, provider, port; --budget buys too.",
        "aitbc provider doctor --budget agent")
        .With(ProviderStatus.Url, Budget, Max).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        using var doors = new DoctorDoors();
        var findings = new List<Finding>(await new ServeChecks(context.Session, OllamaPlace.Find(), null).LookAsync(
            await SellsModelsAsync(context) ? [] : null, "the provider sells programs and containers", "provider",
            mayMake: false, context.Cancel))
        {
            ContainerPlace.Look(isNeeded: false),
            await ClockAsync(context),
            await ProviderAsync(context),
            await doors.PortAsync(ProviderStatus.Place(context), context.Cancel),
            await GpuAsync(context),
        };
        findings.AddRange(await ListedAsync(context, doors));
        findings.Add(await TrialAsync(context));
        ServeCommand.Tell(context.Output, findings);
        context.Output.Json(ServeCommand.Json(findings));
        if (findings.Any(f => !f.IsGood))
            context.Exit = ExitCode.Failure;
    }

    /// <summary>False only for a provider that says so: one that is yet to be started is thought to.</summary>
    private static async Task<bool> SellsModelsAsync(CommandContext context)
    {
        try
        {
            var door = new ProviderDoor(context.Session.Http(ProviderStatus.Place(context)));
            return (await door.OffersAsync(context.Cancel))["offers"] is not JsonArray offers
                || offers.Any(o => o?["engine"]?.ToString() is "ollama" or "openai");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
        {
            return true;
        }
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
            return health["status"]?.ToString() == "ok"
                ? new Finding("provider", true, $"{health["address"]} at {place}")
                : new Finding("provider", false, $"the one at {place} waits for its wallet or node", "See its log.");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
        {
            return new Finding("provider", false, $"none answers at {place}", "'aitbc ai-serve' starts one.");
        }
    }

    /// <summary>What it says of its graphics processors; none is no fault.</summary>
    private static async Task<Finding> GpuAsync(CommandContext context)
    {
        const string What = "gpu";
        try
        {
            var door = new ProviderDoor(context.Session.Http(ProviderStatus.Place(context)));
            var said = await door.GpusAsync(context.Cancel);
            var found = said["gpus"] as JsonArray ?? [];
            var behind = said["attestation"]?["asker"] is { } asker ? $"proven to {asker}" : "merely claimed";
            return found.Count == 0
                ? new Finding(What, true, "none was found; the processor does the work")
                : new Finding(What, true, $"{string.Join(", ", found.Select(g => g!["name"]))}: {behind}");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
        {
            return new Finding(What, true, "not known: the provider does not say");
        }
    }

    /// <summary>Whether buyers find it at the coordinator, and come in where that sends them.</summary>
    private static async Task<IReadOnlyList<Finding>> ListedAsync(CommandContext context, DoctorDoors doors)
    {
        const string What = "listed";
        try
        {
            var place = ProviderStatus.Place(context);
            var health = await new ProviderDoor(context.Session.Http(place)).HealthAsync(context.Cancel);
            if (!Address.TryParse(health["address"]?.GetValue<string>(), out var address))
                return [new Finding(What, false, "the provider does not know its account yet", "See its log.")];
            var listed = await context.Session.Market().ProviderAsync(address, context.Cancel);
            return
            [
                listed.Online
                    ? new Finding(
                        What, true, $"with {listed.Offers.Count} offers at {context.Session.Endpoints.Coordinator}")
                    : new Finding(
                        What, false, $"the coordinator last heard of it at {Say.Time(listed.LastSeenAt)}",
                        "Its log says why it does not reach the coordinator; a paused or closed one is not listed."),
                await doors.PublishedAsync(listed.Url, address, context.Cancel),
            ];
        }
        catch (AitbcException)
        {
            return [new Finding(
                What, false, "the coordinator does not know it", "'aitbc ai-serve' registers; its log says why not.")];
        }
        catch (Exception e) when (e is HttpRequestException or InvalidDataException)
        {
            return [new Finding(
                What, false, "the provider or the coordinator does not answer", "What is said above comes first.")];
        }
    }

    private static async Task<Finding> TrialAsync(CommandContext context)
    {
        if (context.Get(Budget) is not { } name)
            return new Finding("test job", true, "not tried; --budget NAME buys a small answer");
        try
        {
            var budget = await BudgetLookup.FindAsync(context, name);
            var wallet = await context.Session.WalletAsync(context.Cancel);
            var most = (context.Get(Max) ?? Amount.Parse(UsualMax)).Atto;
            return await new DoctorTrial(wallet, ProviderStatus.Place(context), budget.Id, most, TimeProvider.System)
                .RunAsync(context.Cancel);
        }
        catch (Exception e) when (e is CliFailure or HttpRequestException or AitbcException or IOException
            or InvalidDataException)
        {
            // What else was found is told all the same.
            return new Finding("test job", false, e.Message, "What is said above comes first.");
        }
    }
}
