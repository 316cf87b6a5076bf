using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

/// <summary>Keys, budgets and the signing log in one file under the wallet's password.</summary>
internal static class WalletBackup
{
    private static readonly Argument<string> File = new("file")
    {
        Description = "File to write (mode 0600); one that exists is not touched.",
    };

    private static readonly Option<string?> Password = Passwords.Option(
        "--password-file", "File with the wallet's password (default: it is asked for).");

    public static CliCommand Create() => new CliCommand(
        "backup",
        "Write everything the wallet has (keys, budgets, signing log) to one encrypted file.",
        "aitbc wallet backup wallet.backup")
        .With(File, Password).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var path = context.Get(File);
        if (System.IO.File.Exists(path))
            throw CliFailure.Failed("file_exists", $"{path} exists and is not overwritten.", "Name another file.");
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var password = await Passwords.ReadAsync(context.Get(Password), "Password of the wallet: ", context.Cancel);
        var bytes = await Spinner.WhileAsync(
            context,
            "writing the backup",
            FileAccessing.WriteSecretAsync(
                path, to => wallet.BackupAsync(password, to, context.Cancel), context.Cancel));
        context.Output.Facts(("file", path), ("bytes", $"{bytes}"));
        context.Output.Line("It opens with the wallet's present password and with nothing else: keep both, apart.");
        context.Output.Json(new JsonObject { ["file"] = path, ["bytes"] = bytes });
    }
}
