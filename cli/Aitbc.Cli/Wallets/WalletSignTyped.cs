using System.CommandLine;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletSignTyped
{
    private static readonly Argument<string> File = new("file") { Description = "File with the JSON to sign." };

    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "sign-typed", "Sign typed data (EIP-712) with an account of the wallet.", "aitbc wallet sign-typed order.json")
        .With(File, Account).Does(context =>
            WalletSign.SignTypedAsync(context, context.Get(File), context.Get(Account)));
}
