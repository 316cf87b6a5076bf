using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletCommand
{
    public const string Name = "wallet";
    public const string Text = "Accounts and signatures of the wallet daemon.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc wallet list").With(
        WalletList.Create(),
        WalletCreate.Create(),
        WalletImport.Create(),
        WalletBalance.Create(),
        WalletAddress.Create(),
        WalletSend.Create(),
        WalletSign.Create(),
        WalletSignTyped.Create(),
        WalletVerify.Create(),
        WalletLock.Create(),
        WalletUnlock.Create(),
        WalletBackup.Create(),
        WalletRestore.Create(),
        WalletResume.Create(),
        WalletSigners.Create(),
        WalletAttach.Create(),
        WalletExport.Create());
}
