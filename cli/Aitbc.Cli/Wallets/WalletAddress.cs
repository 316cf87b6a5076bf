using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletAddress
{
    private static readonly Argument<string?> Account = new("label")
    {
        Description = "Label of the account (default: the wallet's first).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static CliCommand Create() => new CliCommand(
        "address", "Show the address of an account.", "aitbc wallet address dev0")
        .With(Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var account = await context.Session.AccountAsync(context.Parsed.GetValue(Account), context.Cancel);
        context.Output.Line(account.Address.ToString());
        context.Output.Json(new JsonObject { ["label"] = account.Label, ["address"] = account.Address.ToString() });
    }
}
