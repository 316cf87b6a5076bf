using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Serve;

/// <summary>
/// <c>aitbc ai-serve</c>: from a machine with models, or with time for programs and containers, to a shop. It looks at
/// what is there, says in plain words what is missing, and starts the provider until Ctrl-C.
/// </summary>
internal static class ServeCommand
{
    public const string Name = "ai-serve";
    public const string Text = "Sell models, programs and containers of this machine, until Ctrl-C.";

    private const ulong TokensPerPrice = 1_000_000;

    private static readonly Option<string[]> Model = new("--model")
    {
        Description = "A model to sell; may be given several times (default: all that are installed).",
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<bool> NoModels = new("--no-models")
    {
        Description = "Sell no model: only runs of programs, and containers if images are named.",
    };

    private static readonly Option<Amount?> Price = Symbols.AmountOption(
        "--price", "Price of 1,000,000 tokens (default: 1 AIT).");

    private static readonly Option<Amount?> PromptPrice = Symbols.AmountOption(
        "--prompt-price", "Price of 1,000,000 tokens of the prompt, if it is another one.");

    private static readonly Option<Amount?> PriceMin = Symbols.AmountOption(
        "--price-min", "With --price-max: let prices follow demand, from --price on, within these two.");

    private static readonly Option<Amount?> PriceMax = Symbols.AmountOption(
        "--price-max", "With --price-min: the most that 1,000,000 tokens cost.");

    private static readonly Option<Uri?> OpenAiUrl = Symbols.UrlOption(
        "--openai-url", "An OpenAI-compatible server to sell from, such as http://127.0.0.1:8000/v1.");

    private static readonly Option<string[]> ContainerImage = new("--container-image")
    {
        Description = "An image to run for others, NAME@sha256:HEX; may be given several times.",
        DefaultValueFactory = _ => [],
        Validators =
        {
            result =>
            {
                foreach (var wrong in result.Tokens.Where(t => !ContainerSpec.IsImage(t.Value)))
                    result.AddError($"'{wrong.Value}' is no image such as tool@sha256:HEX; 'podman images --digests'.");
            },
        },
    };

    private static readonly Option<Amount?> ContainerPrice = Symbols.AmountOption(
        "--container-price", "Price of a second of a container (default: 0.0001 AIT).");

    private static readonly Option<string[]> Level = new("--level")
    {
        Description = "Promise results of jobs within a time, or else a part of their charge is not paid: such as "
            + "60s:25%, or wasm=10s:50% for one engine; may be given several times (default: no promise).",
        DefaultValueFactory = _ => [],
        Validators =
        {
            result =>
            {
                foreach (var wrong in result.Tokens.Where(t => !JobLevel.TryParse(t.Value.Split('=')[^1], out _)))
                    result.AddError($"'{wrong.Value}' is no level such as 60s:25% or wasm=10s:50%.");
            },
        },
    };

    private static readonly Option<bool> Reexecute = new("--reexecute")
    {
        Description = "Also execute again, for their fee, programs of others whose result is disputed.",
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port on this machine that buyers reach.",
        DefaultValueFactory = _ => 8008,
    };

    private static readonly Option<string> Account = new("--account")
    {
        Description = "Label of the account that is paid; made in the wallet if it is not there.",
        DefaultValueFactory = _ => "ai-serve",
    };

    private static readonly Option<string[]> Hours = new("--hours")
    {
        Description = "When to take new work, such as 22:00-07:00; may be given several times (default: always).",
        DefaultValueFactory = _ => [],
        Validators =
        {
            result =>
            {
                foreach (var wrong in result.Tokens.Where(t => !DailyHours.TryParse(t.Value, out _)))
                    result.AddError($"'{wrong.Value}' are no hours such as 22:00-07:00.");
            },
        },
    };

    private static readonly Option<string> TimeZone = new("--time-zone")
    {
        Description = "Time zone of --hours, such as Europe/Berlin.",
        DefaultValueFactory = _ => "UTC",
        Validators =
        {
            result =>
            {
                foreach (var wrong in result.Tokens.Where(t => !TimeZoneInfo.TryFindSystemTimeZoneById(t.Value, out _)))
                    result.AddError($"This machine knows no time zone '{wrong.Value}'.");
            },
        },
    };

    private static readonly Option<bool> NoCoordinator = new("--no-coordinator")
    {
        Description = "Sell only to buyers who come directly.",
    };

    private static readonly Option<bool> CheckOnly = new("--check")
    {
        Description = "Only look at what is there and what is missing.",
    };

    public static CliCommand Create() => new CliCommand(
        Name, Text, "aitbc ai-serve --model qwen3:8b --price 2")
        .With(Model, NoModels, Price, PromptPrice, PriceMin, PriceMax, FreeOptions.Tokens, FreeOptions.Total,
            FreeOptions.Deposit, OpenAiUrl, ContainerImage, ContainerPrice, Level, Reexecute, Port, Account, Hours,
            TimeZone, NoCoordinator, CheckOnly)
        .Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var plan = Plan(context);
        var say = context.Output;
        say.Line("Selling takes something to sell, a node, a wallet, and a price. This is what is there:");
        var checks = new ServeChecks(context.Session, OllamaPlace.Find(), plan.OpenAi);
        IReadOnlyList<Finding> findings =
        [
            .. await checks.LookAsync(
                plan.SellsModels ? plan.Models : null, plan.Instead, plan.Account, mayMake: true, context.Cancel),
            .. plan.Images.Count > 0 ? [ContainerPlace.Look(isNeeded: true)] : Array.Empty<Finding>(),
            await checks.AloneAsync(plan.Account, context.Cancel),
            PortCheck.Look(plan.Port),
        ];
        Tell(say, findings);
        var missing = findings.FirstOrDefault(f => !f.IsGood && !(f.What == "coordinator" && !plan.UsesCoordinator));
        if (context.Get(CheckOnly))
        {
            say.Json(Json(findings));
            context.Exit = missing is null ? ExitCode.Ok : ExitCode.Failure;
            return;
        }

        if (missing is not null)
            throw CliFailure.Failed("not_ready", $"Not ready to sell: {missing.Said}.", missing.Fix);
        await using var provider = await ProviderProcess.StartAsync(context, plan);
        say.Json(new JsonObject
        {
            ["ready"] = true,
            ["url"] = provider.Url.ToString(),
            ["pid"] = provider.Id,
            ["findings"] = Json(findings),
        });
        TellShop(say, plan, provider.Url);
        await provider.RunAsync(context.Cancel);
    }

    private static void TellShop(Output say, ServePlan plan, Uri url)
    {
        say.Line();
        say.Line($"Open for business at {url}");
        if (plan.SellsModels)
        {
            say.Line($"  OpenAI clients   base URL {url}v1");
            say.Line($"  Ollama clients   host     {url}");
            say.Line($"  a token costs    {plan.PromptPrice} atto-AIT of the prompt, {plan.OutputPrice} of the output");
        }

        say.Line($"  programs         POST {url}v1/run, and jobs ('aitbc run'); prices at {url}v1/offers");
        if (plan.Free is { } free)
            say.Line(
                $"  free each day    {free.Tokens} tokens a client whose channel holds {Say.Ait(free.Deposit.Atto)}, "
                + $"{free.Total} in all");
        say.Line("  earnings         'aitbc provider status' in another terminal; Ctrl-C closes the shop");
    }

    private static ServePlan Plan(CommandContext context)
    {
        var output = PerToken(context.Get(Price) ?? Amount.FromAit(1), "--price");
        CheckModels(context);
        var port = context.Get(Port);
        if (port is < 0 or > 65_535)
            throw CliFailure.Usage($"{port} is no port.");
        return new ServePlan(
            context.Get(Model) ?? [],
            context.Get(PromptPrice) is { } prompt ? PerToken(prompt, "--prompt-price") : output,
            output,
            Range(context.Get(PriceMin), context.Get(PriceMax)),
            FreeOptions.Read(context),
            context.Get(OpenAiUrl),
            port,
            context.Get(Account)!,
            context.Get(Hours) ?? [],
            context.Get(TimeZone)!,
            !context.Get(NoCoordinator))
        {
            SellsModels = !context.Get(NoModels),
            Images = context.Get(ContainerImage) ?? [],
            Levels = context.Get(Level) ?? [],
            Reexecutes = context.Get(Reexecute),
            ImagePrice = context.Get(ContainerPrice) is { } second ? PerSecond(second) : null,
        };
    }

    // What is said of models that are not sold would be forgotten in silence.
    private static void CheckModels(CommandContext context)
    {
        var saysMore = context.Get(Model) is { Length: > 0 } || context.Get(OpenAiUrl) is not null
            || ((Option<Amount?>[])[Price, PromptPrice, PriceMin, PriceMax]).Any(o => context.Get(o) is not null)
            || FreeOptions.Read(context) is not null;
        if (context.Get(NoModels) && saysMore)
            throw CliFailure.Usage("--no-models sells none: leave out models, their servers, and what tokens cost.");
    }

    private static (ulong Min, ulong Max)? Range(Amount? min, Amount? max) => (min, max) switch
    {
        (null, null) => null,
        ({ } least, { } most) when least <= most => (PerToken(least, "--price-min"), PerToken(most, "--price-max")),
        ({ }, { }) => throw CliFailure.Usage("--price-min is at most --price-max."),
        _ => throw CliFailure.Usage("--price-min and --price-max come together."),
    };

    private static ulong PerToken(Amount price, string option)
    {
        var each = price.Atto / TokensPerPrice;
        return each.IsUInt64 && !each.IsZero
            ? (ulong)each
            : throw CliFailure.Usage(
                $"{option} is at least {TokensPerPrice.ToString(CultureInfo.InvariantCulture)} atto for 1,000,000 "
                + "tokens, and below 18,000,000 AIT.");
    }

    private static ulong PerSecond(Amount price) => price.Atto is { IsUInt64: true, IsZero: false } atto
        ? (ulong)atto : throw CliFailure.Usage("--container-price is at least 1 atto, and below 18 AIT.");

    internal static void Tell(Output say, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            say.Line($"  {(finding.IsGood ? "ok     " : "missing")}  {finding.What,-11}  {finding.Said}");
            if (!finding.IsGood && finding.Fix is { } fix)
                say.Line($"                        {fix}");
        }
    }

    internal static JsonArray Json(IReadOnlyList<Finding> findings) => [.. findings.Select(f => (JsonNode)new JsonObject
    {
        ["what"] = f.What,
        ["ok"] = f.IsGood,
        ["said"] = f.Said,
        ["fix"] = f.Fix,
    })];
}

/// <summary>What shall be sold, and how.</summary>
internal sealed record ServePlan(
    IReadOnlyList<string> Models, ulong PromptPrice, ulong OutputPrice, (ulong Min, ulong Max)? PriceRange,
    FreePlan? Free, Uri? OpenAi, int Port, string Account, IReadOnlyList<string> Hours, string TimeZone,
    bool UsesCoordinator)
{
    /// <summary>Whether models are sold; programs always are.</summary>
    public bool SellsModels { get; init; } = true;

    /// <summary>What is sold where there is no model; null = only programs, which has to be meant.</summary>
    public string? Instead =>
        Images.Count > 0 ? "programs and containers are sold" : SellsModels ? null : "programs are sold";

    /// <summary>Whether disputed programs of others are executed again.</summary>
    public bool Reexecutes { get; init; }

    /// <summary>Images that are run for others.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>What is promised with the offers.</summary>
    public IReadOnlyList<string> Levels { get; init; } = [];

    /// <summary>Price of a second of a container, in atto-AIT; null = the provider's default.</summary>
    public ulong? ImagePrice { get; init; }
}
