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

    private static readonly Option<bool> Qr = new("--qr") { Description = "Draw it as a QR code too." };

    private static readonly Option<bool> Light = new("--light")
    {
        Description = "Draw the QR code for a terminal with dark text on a light ground.",
    };

    public static CliCommand Create() => new CliCommand(
        "address", "Show the address of an account.", "aitbc wallet address dev0 --qr")
        .With(Account, Qr, Light).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var account = await context.Session.AccountAsync(context.Parsed.GetValue(Account), context.Cancel);
        if (context.Get(Qr))
            context.Output.Line(QrCode.Draw(account.Address.ToString(), context.Get(Light)));
        context.Output.Line(account.Address.ToString());
        context.Output.Json(new JsonObject { ["label"] = account.Label, ["address"] = account.Address.ToString() });
    }
}
