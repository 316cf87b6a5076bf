using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

internal static class WalletSigners
{
    public static CliCommand Create() => new CliCommand(
        "signers", "List the hardware and remote signers of the wallet, and their accounts.", "aitbc wallet signers")
        .Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var signers = await wallet.SignersAsync(context.Cancel);
        if (signers.Count == 0)
            context.Output.Line("None is configured ('signers' in the wallet's configuration).");
        else
            context.Output.Table(
                ["signer", "account", "trouble"],
                signers.SelectMany(s => s.Accounts.Count == 0
                    ? [(string[])[s.Name, "-", Say.OrDash(s.Trouble)]]
                    : s.Accounts.Select(a => (string[])[s.Name, a.ToString(), "-"])));
        context.Output.Json(Say.Json(new RemoteSignerList(signers), WalletJson.Default.RemoteSignerList));
    }
}

internal static class WalletAttach
{
    private static readonly Argument<string> Signer = new("signer")
    {
        Description = "Name of the signer in the wallet's configuration.",
    };

    private static readonly Argument<Address> Account = Symbols.Address("address", "One of its accounts.");

    private static readonly Option<string> Label = new("--label")
    {
        Description = "What the account is called here.",
        Required = true,
    };

    public static CliCommand Create() => new CliCommand(
        "attach",
        "Take in an account whose key is with a hardware or remote signer.",
        "aitbc wallet attach vault 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --label cold")
        .With(Signer, Account, Label).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var account = await wallet.TakeInAsync(
            new RemoteAccountRequest(context.Get(Signer), context.Get(Account), context.Get(Label)!), context.Cancel);
        context.Output.Facts(
            ("label", account.Label), ("address", account.Address.ToString()), ("signer", account.Path));
        context.Output.Json(Say.Json(account, WalletJson.Default.WalletAccount));
    }
}
