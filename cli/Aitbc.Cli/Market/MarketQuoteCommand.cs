using System.CommandLine;
using Aitbc.Cli.Jobs;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Market;

/// <summary>A firm quote for a job of a class; what the job reads matters only when it is ordered.</summary>
internal static class MarketQuoteCommand
{
    private static readonly Argument<string> Class = MarketSymbols.Class();

    private static readonly Option<ulong> Units = new("--units")
    {
        Description = "Most fuel of wasm, most statements of js, or most output tokens of a model.",
        DefaultValueFactory = _ => 100_000,
    };

    private static readonly Option<string> Prompt = new("--prompt")
    {
        Description = "What a model is asked; its length counts.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<Address?> Provider =
        Symbols.AddressOption("--provider", "Only this provider (default: the best).");

    private static readonly Option<Amount?> Most =
        Symbols.AmountOption("--max-price", "Refuse what can cost more.");

    private static readonly Option<string?> Region = new("--region") { Description = "Only this region." };

    private static readonly Option<string?> Privacy = new("--privacy")
    {
        Description = "At least this privacy class: open, no-log or attested.",
    };

    private static readonly Option<bool> Warm = new("--warm") { Description = "Only where work begins at once." };

    private static readonly Option<string?> Within = MarketSymbols.Within();
    private static readonly Option<string?> Gpu = MarketSymbols.Gpu();

    private static readonly Option<string?> Key = new("--idempotency-key")
    {
        Description = "Key of the job that may follow (default: a random one).",
    };

    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "quote",
        "Ask for a firm, signed price with a slot held; it pays nothing.",
        "aitbc market quote wasm --units 2000000")
        .With(Class, Units, Prompt, Provider, Most, Region, Privacy, Warm, Gpu, Within, Key, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var request = new QuoteRequest
        {
            IdempotencyKey = context.Get(Key) ?? Guid.NewGuid().ToString("N"),
            Spec = SpecOf(context),
            MaxPrice = context.Get(Most)?.Atto,
            Provider = context.Get(Provider),
            Region = context.Get(Region),
            Privacy = context.Get(Privacy),
            Warm = context.Get(Warm),
            Within = MarketSymbols.Seconds(context.Get(Within)),
            Gpu = context.Get(Gpu),
        };
        var account = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var market = await context.Session.MarketAsync(account.Address, context.Cancel);
        var quote = await market.QuoteAsync(request, context.Cancel);
        await CheckAsync(context, market, request, quote, account.Address);
        context.Output.Facts(
            ("quote", quote.Id.ToString()),
            ("at most", Say.Ait(quote.Total)),
            ("price", $"{Say.Ait(quote.UnitPrice)} for {quote.UnitsPer} {quote.UnitKind}"),
            ("units", quote.Units.ToString()),
            ("provider", quote.Provider.ToString()),
            ("before it", $"{quote.QueuePlace} jobs of the same offer, which run beside it"),
            ("state", quote.Warmth),
            ("privacy", quote.Privacy),
            ("region", quote.Region.Length == 0 ? null : quote.Region),
            ("model digest", quote.ModelDigest.IsZero ? null : quote.ModelDigest.ToString()),
            ("first token", quote.FirstTokenP95Ms == 0 ? null : $"p95 {quote.FirstTokenP95Ms} ms, says the provider"),
            ("promised", MarketSymbols.Promise(quote.Level())),
            ("gpu", GpuOf(quote)),
            ("held until", Say.Time(DateTimeOffset.FromUnixTimeMilliseconds((long)quote.ExpiresAtMs))));
        context.Output.Json(Say.Json(quote, MarketJson.Default.MarketQuote));
    }

    /// <summary>What is shown as firm was signed by the market, for this job.</summary>
    private static async Task CheckAsync(
        CommandContext context, MarketClient market, QuoteRequest request, MarketQuote quote, Address client)
    {
        var info = await market.InfoAsync(context.Cancel);
        if (quote.JobId != JobId.Derive(client, request.IdempotencyKey) || quote.SpecHash != request.Spec.Hash()
            || !quote.IsSignedBy(info.Evaluator, info.ChainId, info.Escrow))
        {
            throw CliFailure.Failed("quote_invalid", "The quote is not signed by the market for this job.");
        }

        if (TermsCheck.IsSlower(quote.Level(), request.Within))
            throw CliFailure.Failed("quote_wrong", $"The market's quote does not promise {request.Within} s.");
    }

    /// <summary>The market checked the proof when it took the offer, and signed the quote with its hash.</summary>
    private static string? GpuOf(MarketQuote quote) => quote switch
    {
        { Gpu.Length: 0 } => null,
        { GpuProof.IsZero: true } => $"{quote.Gpu}, says the provider",
        _ => $"{quote.Gpu}, proven to the market (attestation {quote.GpuProof})",
    };

    private static JobSpec SpecOf(CommandContext context)
    {
        var name = context.Get(Class);
        if (name == "wasm")
            return new JobSpec
            {
                Engine = JobSpec.WasmEngine,
                Wasm = new WasmSpec
                {
                    ModuleHash = Keccak256.Hash([]),
                    InputHash = Keccak256.Hash([]),
                    MaxFuel = context.Get(Units),
                    MaxMemoryMib = 64,
                },
            };
        if (name == "js")
            return new JobSpec
            {
                Engine = JobSpec.JsEngine,
                Js = new JsSpec
                {
                    ScriptHash = Keccak256.Hash([]),
                    InputHash = Keccak256.Hash([]),
                    MaxStatements = context.Get(Units),
                    MaxMemoryMib = 64,
                },
            };
        if (!name.StartsWith("model/", StringComparison.Ordinal))
            throw CliFailure.Usage("Quotes are asked for wasm, js or model/NAME.");
        return new JobSpec
        {
            Engine = JobSpec.OllamaEngine,
            Ollama = new OllamaSpec
            {
                Model = name["model/".Length..],
                Messages = [new ChatMessage("user", context.Get(Prompt) ?? "")],
                MaxOutputTokens = (int)Math.Min(context.Get(Units), int.MaxValue),
            },
        };
    }
}
