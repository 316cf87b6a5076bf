using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

internal static class BudgetTopUp
{
    private static readonly Argument<string> Budget = BudgetLookup.Argument();
    private static readonly Argument<Amount> Value = Symbols.Amount("amount", "What is added.");

    public static CliCommand Create() => new CliCommand(
        "top-up", "Add to a budget's amount.", "aitbc budget top-up agent 2").With(Budget, Value).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var budget = await BudgetLookup.FindAsync(context, context.Get(Budget));
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var now = await wallet.Budgets.TopUpAsync(budget.Id, context.Get(Value).Atto, context.Cancel);
        context.Output.Facts(BudgetLookup.Facts(now));
        context.Output.Json(Say.Json(now, WalletJson.Default.BudgetInfo));
    }
}

internal static class BudgetApprovals
{
    public static CliCommand Create() => new CliCommand(
        "approvals", "List what waits for the owner.", "aitbc budget approvals").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var waiting = await wallet.Budgets.ApprovalsAsync(context.Cancel);
        if (waiting.Count == 0)
            context.Output.Line("Nothing waits.");
        else
            WriteTable(context.Output, waiting);
        context.Output.Json(Say.Json(new SpendLog(waiting), WalletJson.Default.SpendLog));
    }

    private static void WriteTable(Output output, IReadOnlyList<SpendEntry> waiting) => output.Table(
        ["no.", "kind", "amount", "payee", "job", "asked at", "open until"],
        waiting.Select(s => (string[])
        [
            s.Id.ToString(), s.Kind, Say.Ait(s.Amount), Say.OrDash(s.Payee), Say.Short(s.JobId), Say.Time(s.At),
            s.OpenUntil is { } end ? Say.Time(end) : "-",
        ]));
}

internal static class BudgetDecide
{
    public static CliCommand Create(string name, string text, bool approve)
    {
        var number = new Argument<long>("number") { Description = "Number of the request, see 'budget approvals'." };
        return new CliCommand(name, text, $"aitbc budget {name} 12").With(number).Does(async context =>
        {
            var wallet = await context.Session.WalletAsync(context.Cancel);
            await wallet.Budgets.DecideAsync(context.Get(number), approve, context.Cancel);
            context.Output.Line(approve
                ? "Approved: it is signed when it is asked for again with its idempotency key."
                : "Refused.");
            context.Output.Json(new JsonObject { ["id"] = context.Get(number), ["approved"] = approve });
        });
    }
}
