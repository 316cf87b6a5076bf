using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;

namespace Aitbc.Cli.Serve;

/// <summary>What is given for nothing each day.</summary>
/// <param name="Tokens">To one client.</param>
/// <param name="Total">To all clients together.</param>
/// <param name="Deposit">What a client's channel has to hold.</param>
internal sealed record FreePlan(ulong Tokens, ulong Total, Amount Deposit);

/// <summary>The options of a free allowance: all three, or none.</summary>
internal static class FreeOptions
{
    public static readonly Option<ulong?> Tokens = new("--free-tokens")
    {
        Description = "Tokens that a client gets for nothing each day (UTC), if its channel holds --free-deposit.",
    };

    public static readonly Option<ulong?> Total = new("--free-total")
    {
        Description = "With --free-tokens: the most that all clients together get for nothing each day.",
    };

    public static readonly Option<Amount?> Deposit = Symbols.AmountOption(
        "--free-deposit",
        "With --free-tokens: what a client's channel has to hold, so that a new identity costs something.");

    /// <summary>Null if nothing is free. Throws <see cref="CliFailure"/>.</summary>
    public static FreePlan? Read(CommandContext context) =>
        (context.Get(Tokens), context.Get(Total), context.Get(Deposit)) switch
        {
            (null, null, null) => null,
            ({ } tokens, { } total, { } deposit) => Checked(new FreePlan(tokens, total, deposit)),
            _ => throw CliFailure.Usage("--free-tokens, --free-total and --free-deposit come together."),
        };

    private static FreePlan Checked(FreePlan plan) => plan switch
    {
        { Tokens: 0 } => throw CliFailure.Usage("--free-tokens is at least 1."),
        _ when plan.Total < plan.Tokens => throw CliFailure.Usage("--free-total is at least --free-tokens."),
        _ when plan.Deposit.Atto.IsZero => throw CliFailure.Usage(
            "--free-deposit is more than 0: without a deposit every new identity would have its own allowance."),
        _ => plan,
    };
}
