using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

internal static class WalletCreate
{
    private static readonly Argument<string> Label = new("label") { Description = "Name of the account." };

    public static CliCommand Create() => new CliCommand(
        "create", "Make an account, or show the one that has this label.", "aitbc wallet create savings")
        .With(Label).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var account = await wallet.CreateAsync(context.Get(Label), context.Cancel);
        context.Output.Facts(("label", account.Label), ("address", account.Address.ToString()));
        context.Output.Json(Say.Json(account, WalletJson.Default.WalletAccount));
    }
}
