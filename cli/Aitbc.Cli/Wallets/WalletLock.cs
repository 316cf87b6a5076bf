using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletLock
{
    public static CliCommand Create() => new CliCommand(
        "lock", "Lock the wallet: it signs nothing until it is unlocked.", "aitbc wallet lock").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        await wallet.LockAsync(context.Cancel);
        context.Output.Line("The wallet is locked. 'aitbc wallet unlock' opens it with its password.");
        context.Output.Json(new JsonObject { ["locked"] = true });
    }
}
