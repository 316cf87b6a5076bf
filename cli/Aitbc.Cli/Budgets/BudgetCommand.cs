using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Budgets;

internal static class BudgetCommand
{
    public const string Name = "budget";
    public const string Text = "Budgets: what agents may spend without holding a key.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc budget list").With(
        BudgetCreate.Create(),
        BudgetList.Create(),
        BudgetShow.Create(),
        BudgetTopUp.Create(),
        BudgetRevoke.Create(),
        BudgetSpendLog.Create(),
        BudgetAudit.Create(),
        BudgetSimulate.Create(),
        BudgetApprovals.Create(),
        BudgetDecide.Create("approve", "Let a waiting request be signed.", approve: true),
        BudgetDecide.Create("refuse", "Refuse a waiting request.", approve: false));
}
