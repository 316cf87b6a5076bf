using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

/// <summary>Budgets are named by their label or their id.</summary>
internal static class BudgetLookup
{
    public static Argument<string> Argument() => new("budget") { Description = "Label or id of the budget." };

    public static async Task<BudgetInfo> FindAsync(CommandContext context, string name)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var budgets = await wallet.Budgets.ListAsync(context.Cancel);
        return budgets.FirstOrDefault(b => b.Label == name) ?? budgets.FirstOrDefault(b => b.Id == name)
            ?? throw CliFailure.Failed(
                "budget_unknown", $"There is no budget '{name}'.", "'aitbc budget list' shows those there are.");
    }

    /// <summary>A budget as facts for people.</summary>
    public static (string, string?)[] Facts(BudgetInfo budget) =>
    [
        ("label", budget.Label),
        ("id", budget.Id),
        ("state", budget.State),
        ("account", budget.Account.ToString()),
        ("amount", $"{Say.Ait(budget.Limits.Amount)} {Period(budget.Limits.Period)}"),
        ("spent", Say.Ait(budget.Spent)),
        ("left", Say.Ait(budget.Left)),
        ("per call", Most(budget.Limits.PerCall)),
        ("per job", Most(budget.Limits.PerJob)),
        ("approval above", Most(budget.Limits.ApproveAbove)),
        ("payees", budget.Limits.Payees is { } payees ? string.Join(", ", payees) : null),
        ("classes", budget.Limits.Classes is { } classes ? string.Join(", ", classes) : null),
        ("contracts", budget.Limits.Contracts is { } contracts ? string.Join(", ", contracts.Select(Contract)) : null),
        ("a minute", budget.Limits.RatePerMinute?.ToString()),
        ("expires", budget.Limits.ExpiresAt is { } end ? Say.Time(end) : null),
        ("parent", budget.Parent),
        ("channel key", budget.Authorizer.ToString()),
    ];

    public static string Period(BudgetPeriod period) => period switch
    {
        BudgetPeriod.Hour => "an hour",
        BudgetPeriod.Day => "a day",
        _ => "in all",
    };

    private static string Contract(AllowedContract allowed) => allowed.Methods is { } methods
        ? string.Join(", ", methods.Select(m => $"{allowed.Contract}:{m}"))
        : $"{allowed.Contract} (any method)";

    private static string? Most(Primitives.UInt256? amount) => amount is { } most ? Say.Ait(most) : null;
}
