using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

internal static class BudgetList
{
    public static CliCommand Create() => new CliCommand(
        "list", "List the budgets that the token may see.", "aitbc budget list --json").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var budgets = await wallet.Budgets.ListAsync(context.Cancel);
        context.Output.Table(
            ["label", "state", "amount", "", "spent", "left", "parent", "id"],
            budgets.Select(b => (string[])
            [
                b.Label, b.State, Say.Ait(b.Limits.Amount), BudgetLookup.Period(b.Limits.Period), Say.Ait(b.Spent),
                Say.Ait(b.Left), Say.OrDash(budgets.FirstOrDefault(p => p.Id == b.Parent)?.Label), b.Id,
            ]));
        context.Output.Json(Say.Json(new Sdk.Wallet.BudgetList(budgets), WalletJson.Default.BudgetList));
    }
}

internal static class BudgetShow
{
    private static readonly Argument<string> Budget = BudgetLookup.Argument();

    public static CliCommand Create() => new CliCommand(
        "show", "Show one budget.", "aitbc budget show agent").With(Budget).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var budget = await BudgetLookup.FindAsync(context, context.Get(Budget));
        context.Output.Facts(BudgetLookup.Facts(budget));
        context.Output.Json(Say.Json(budget, WalletJson.Default.BudgetInfo));
    }
}

internal static class BudgetSpendLog
{
    private const int Page = 1_000;
    private static readonly Argument<string> Budget = BudgetLookup.Argument();

    private static readonly Option<long> After = new("--after") { Description = "Lines with a larger number only." };

    public static CliCommand Create() => new CliCommand(
        "spend-log", "Show what was signed under a budget.", "aitbc budget spend-log agent")
        .With(Budget, After).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var budget = await BudgetLookup.FindAsync(context, context.Get(Budget));
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var log = await wallet.Budgets.SpendsAsync(budget.Id, context.Get(After), Page, context.Cancel);
        WriteTable(context.Output, log.Spends);
        if (log.Next is { } next)
            context.Output.Line($"There is more: --after {next}");
        context.Output.Json(Say.Json(log, WalletJson.Default.SpendLog));
    }

    public static void WriteTable(Output output, IReadOnlyList<SpendEntry> spends) => output.Table(
        ["no.", "at", "kind", "state", "amount", "payee", "job", "transaction", "reason"],
        spends.Select(s => (string[])
        [
            s.Id.ToString(), Say.Time(s.At), s.Kind, s.State, Say.Ait(s.Amount), Say.OrDash(s.Payee),
            Say.Short(s.JobId), Say.Short(s.Transaction), Say.OrDash(s.Reason),
        ]));
}

internal static class BudgetSimulate
{
    private static readonly Argument<string> Budget = BudgetLookup.Argument();
    private static readonly Argument<Amount> Value = Symbols.Amount("amount", "What it would take, fees included.");
    private static readonly Option<Address?> Payee = Symbols.AddressOption("--payee", "Who would be paid.");
    private static readonly Option<string?> Class = new("--class") { Description = "What would be bought." };
    private static readonly Option<Hash256?> Job = Symbols.HashOption("--job", "The job it would be for.");

    public static CliCommand Create() => new CliCommand(
        "simulate", "Tell whether a payment would be signed now.", "aitbc budget simulate agent 0.5 --class wasm")
        .With(Budget, Value, Payee, Class, Job).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var budget = await BudgetLookup.FindAsync(context, context.Get(Budget));
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var answer = await wallet.Budgets.SimulateAsync(
            budget.Id,
            new SimulateRequest(
                context.Get(Value).Atto, context.Get(Payee), new SpendPurpose(context.Get(Job), context.Get(Class))),
            context.Cancel);
        context.Output.Facts(
            ("signed", answer.Allowed ? answer.NeedsApproval ? "after the owner's approval" : "yes" : "no"),
            ("why", answer.Detail),
            ("left", Say.Ait(answer.Left)));
        context.Output.Json(Say.Json(answer, WalletJson.Default.SimulatedSpend));
        context.Exit = answer.Allowed ? ExitCode.Ok : ExitCode.Refused;
    }
}
