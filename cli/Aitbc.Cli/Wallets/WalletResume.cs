using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Budgets;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

/// <summary>After a restore: the owner's word that budgets may sign again, knowing what may be spent twice.</summary>
internal static class WalletResume
{
    private const string Word = "resume";

    private static readonly Option<string?> Confirm = new("--confirm")
    {
        Description = $"The word '{Word}' (default: it is asked for).",
    };

    private static readonly Option<string?> Password = Passwords.Option(
        "--password-file", "File with the wallet's password (default: it is asked for).");

    public static CliCommand Create() => new CliCommand(
        "resume", "Let the budgets of a restored wallet sign again.", "aitbc wallet resume")
        .With(Confirm, Password).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var state = await wallet.RestoredAsync(context.Cancel);
        if (!state.Frozen)
        {
            context.Output.Line("The wallet was not restored, or its budgets sign already.");
            context.Output.Json(new JsonObject { ["frozen"] = false, ["changed"] = false });
            return;
        }

        var budgets = (await wallet.Budgets.ListAsync(context.Cancel)).Where(b => b.State == "active").ToList();
        var made = Say.Time(state.MadeAt ?? default);
        context.Output.Progress($"The backup was made at {made}. What budgets signed since is not counted: each can");
        context.Output.Progress("spend what it has left once more. Revoke or look at those that were at work since:");
        foreach (var budget in budgets)
        {
            context.Output.Progress(
                $"  {budget.Label}: {Say.Ait(budget.Left)} left of {Say.Ait(budget.Limits.Amount)} "
                + BudgetLookup.Period(budget.Limits.Period));
        }

        if ((context.Get(Confirm) ?? Typed()) != Word)
            throw CliFailure.Usage($"Nothing was changed: the word is '{Word}'.", $"--confirm {Word}");
        var password = await Passwords.ReadAsync(context.Get(Password), "Password of the wallet: ", context.Cancel);
        await Spinner.WhileAsync(context, "checking the password", wallet.ResumeAsync(password, context.Cancel));
        context.Output.Line("The budgets sign again.");
        context.Output.Json(new JsonObject { ["frozen"] = false, ["changed"] = true });
    }

    private static string Typed()
    {
        if (Console.IsInputRedirected)
            throw CliFailure.Usage("The confirmation is missing.", $"--confirm {Word}");
        Console.Error.Write($"Type '{Word}' to let them sign: ");
        return Console.ReadLine() ?? "";
    }
}
