using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletBalance
{
    private static readonly Argument<string?> Account = new("account")
    {
        Description = "Label or address (default: the wallet's first account).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static CliCommand Create() => new CliCommand(
        "balance", "Show what an account of the wallet has.", "aitbc wallet balance dev0")
        .With(Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var account = await context.Session.AccountAsync(context.Parsed.GetValue(Account), context.Cancel);
        var balance = await context.Session.Chain.BalanceAsync(account.Address, context.Cancel);
        context.Output.Line(Say.Ait(balance));
        context.Output.Json(new JsonObject
        {
            ["label"] = account.Label,
            ["address"] = account.Address.ToString(),
            ["balance"] = Say.Json(balance),
        });
    }
}
