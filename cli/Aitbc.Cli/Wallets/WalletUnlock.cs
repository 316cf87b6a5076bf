using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletUnlock
{
    private static readonly Option<string?> Password = Passwords.Option(
        "--password-file", "File with the wallet's password (default: it is asked for).");

    public static CliCommand Create() => new CliCommand(
        "unlock", "Open a locked wallet with its password.", "aitbc wallet unlock")
        .With(Password).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var password = await Passwords.ReadAsync(context.Get(Password), "Password of the wallet: ", context.Cancel);
        await Spinner.WhileAsync(context, "opening the wallet", wallet.UnlockAsync(password, context.Cancel));
        context.Output.Line("The wallet is open.");
        context.Output.Json(new JsonObject { ["locked"] = false });
    }
}
