using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>What every order may say beside its specification.</summary>
internal sealed class SubmitOptions
{
    private const int KeyDigits = 40;

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

    public Option<string?> Account { get; } = Symbols.Account();

    public Symbol[] All => [key, maxPrice, provider, expires, output, receipt, Account];

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
        return new OrderRequest
        {
            IdempotencyKey = name ?? DefaultKey(spec),
            Spec = spec,
            MaxPrice = context.Get(maxPrice)?.Atto,
            Provider = context.Get(provider),
            ExpiresInSeconds = context.Get(expires),
        };
    }

    /// <summary>
    /// The same specification is the same order: a command that is repeated because nobody saw its end resumes it.
    /// </summary>
    public static string DefaultKey(JobSpec spec) => "once-" + spec.Hash().ToString()[2..(2 + KeyDigits)];
}
