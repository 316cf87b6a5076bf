using System.CommandLine;
using Aitbc.Cli.Market;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>What every order may say beside its specification.</summary>
internal sealed class SubmitOptions
{
    private const int KeyDigits = 40;
    private const int Mostly = 3;

    private readonly Option<string?> key = new("--idempotency-key")
    {
        Description = "Name of the order, 1 to 64 printable characters: the same key never pays twice "
            + "(default: made from the specification, so that the same command is the same order).",
    };

    private readonly Option<Amount?> maxPrice =
        Symbols.AmountOption("--max-price", "The most that may be paid, such as 0.5 (AIT).");
    private readonly Option<Address?> provider = Symbols.AddressOption("--provider", "Only this provider.");

    private readonly Option<ulong?> expires = new("--expires-in")
    {
        Description = "Seconds after which unfinished work is refunded.",
    };

    private readonly Option<string?> output = new("--output") { Description = "Write the result to this file." };

    private readonly Option<string?> receipt = new("--receipt")
    {
        Description = "Write the receipt to this file (default: ID.receipt.json, shortened).",
    };

    private readonly Option<bool> firm = new("--firm")
    {
        Description = "Take a firm quote first, which holds a slot; --region, --privacy, --warm and --within do too.",
    };

    private readonly Option<string?> region = new("--region") { Description = "Only this region." };

    private readonly Option<string?> privacy = new("--privacy")
    {
        Description = "At least this privacy class: open, no-log or attested.",
    };

    private readonly Option<bool> warm = new("--warm") { Description = "Only where work begins at once." };

    private readonly Option<string?> within = MarketSymbols.Within();

    private readonly Option<KofN?> verify = KofN.Option();

    private readonly Option<int?> reexecution = new("--reexecution")
    {
        Description = "Name a committee of 1, 3 or 5 providers that executes it again if you dispute the result; the "
            + "price of that is in the quote (only programs).",
        Validators =
        {
            result =>
            {
                if (result.Tokens is [{ Value: var text }] && text is not ("1" or "3" or "5"))
                    result.AddError($"'{text}' is not 1, 3 or 5.");
            },
        },
    };

    private readonly Option<int> reassign = new("--reassign")
    {
        Description = $"Order anew elsewhere when a provider fails or falls silent, at most so often (0 to {Mostly}); "
            + "never before the money is back.",
    };

    private readonly Option<bool> noWait = new("--no-wait")
    {
        Description = "Pay and come back; 'aitbc job watch' and 'aitbc job result' do the rest.",
    };

    public Option<string?> Account { get; } = Symbols.Account();

    public Symbol[] All =>
    [
        key, maxPrice, provider, expires, firm, region, privacy, warm, within, verify, reexecution, reassign, noWait,
        output, receipt, Account,
    ];

    public bool Waits(CommandContext context) => !context.Get(noWait);

    /// <summary>How many of how many runs must agree; null = one run, which is not compared.</summary>
    public KofN? Verify(CommandContext context) => context.Get(verify) is not { } rule ? null
        : context.Get(reexecution) is not null
            ? throw CliFailure.Usage("--verify compares runs and --reexecution disputes one: take one of them.")
        : context.Get(noWait) || context.Get(provider) is not null || context.Get(reassign) != 0
            ? throw CliFailure.Usage("--verify waits for runs on several providers: leave --no-wait, --provider and "
                + "--reassign out.")
            : rule;

    /// <summary>How often the order may be placed anew.</summary>
    public int Reassign(CommandContext context) => context.Get(reassign) switch
    {
        0 => 0,
        < 0 or > Mostly => throw CliFailure.Usage($"--reassign is 0 to {Mostly}."),
        _ when context.Get(noWait) || context.Get(provider) is not null =>
            throw CliFailure.Usage("--reassign waits and goes elsewhere: leave --no-wait and --provider out."),
        var times => times,
    };

    /// <summary>The quote to take before the order; null if none is wanted.</summary>
    public QuoteRequest? Quote(CommandContext context, OrderRequest order) =>
        context.Get(firm) || order.Reexecution is not null || context.Get(region) is not null
            || context.Get(privacy) is not null || context.Get(warm) || context.Get(within) is not null
            ? Wanted(context, order) : null;

    /// <summary>What a quote for the order must meet.</summary>
    public QuoteRequest Wanted(CommandContext context, OrderRequest order) => new()
    {
        IdempotencyKey = order.IdempotencyKey,
        Spec = order.Spec,
        MaxPrice = order.MaxPrice,
        Provider = order.Provider,
        Region = context.Get(region),
        Privacy = context.Get(privacy),
        Warm = context.Get(warm),
        Within = MarketSymbols.Seconds(context.Get(within)),
        Reexecution = order.Reexecution,
    };

    public string? OutputFile(CommandContext context) => context.Get(output);

    public string ReceiptFile(CommandContext context, Hash256 id) =>
        context.Get(receipt) ?? $"{id.ToString()[..10]}.receipt.json";

    public OrderRequest Order(CommandContext context, JobSpec spec)
    {
        if (spec.Problem() is { } problem)
            throw CliFailure.Usage(problem);
        var name = context.Get(key);
        if (name is not null && !JobId.IsValidKey(name))
            throw CliFailure.Usage("--idempotency-key has 1 to 64 printable ASCII characters.");
        var committee = context.Get(reexecution);
        return new OrderRequest
        {
            IdempotencyKey = name ?? DefaultKey(spec) + (committee is null ? "" : $"-r{committee}"),
            Spec = spec,
            MaxPrice = context.Get(maxPrice)?.Atto,
            Provider = context.Get(provider),
            ExpiresInSeconds = context.Get(expires),
            Reexecution = committee is { } size ? new ReexecutionRequest(size) : null,
        };
    }

    /// <summary>
    /// The same specification is the same order: a command that is repeated because nobody saw its end resumes it.
    /// </summary>
    public static string DefaultKey(JobSpec spec) => "once-" + spec.Hash().ToString()[2..(2 + KeyDigits)];
}
