using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

/// <summary>A key leaves the wallet only as an encrypted file, with the wallet's password and a confirmation.</summary>
internal static class WalletExport
{
    private static readonly Argument<string> Account = new("account") { Description = "Label or address." };

    private static readonly Argument<string> File = new("file")
    {
        Description = "File to write (mode 0600); one that exists is not touched.",
    };

    private static readonly Option<string?> Confirm = new("--confirm")
    {
        Description = "The text 'export 0x...' with the account's address (default: it is asked for).",
    };

    private static readonly Option<string?> Password = Passwords.Option(
        "--password-file", "File with the wallet's password (default: it is asked for).");

    private static readonly Option<string?> FilePassword = Passwords.Option(
        "--keystore-password-file", "File with the password of the new keystore (default: it is asked for).");

    public static CliCommand Create() => new CliCommand(
        "export",
        "Write the key of an account as an encrypted keystore file (Web3 Secret Storage, scrypt).",
        "aitbc wallet export savings savings.json")
        .With(Account, File, Confirm, Password, FilePassword).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var path = context.Get(File)!;
        if (System.IO.File.Exists(path))
            throw CliFailure.Failed("file_exists", $"{path} exists and is not overwritten.", "Name another file.");
        var account = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var request = new ExportRequest(
            account.Address,
            await Passwords.ReadAsync(context.Get(Password), "Password of the wallet: ", context.Cancel),
            context.Get(Confirm) ?? Confirmed($"export {account.Address}"),
            await Passwords.ReadAsync(context.Get(FilePassword), "Password of the new file: ", context.Cancel));
        var keystore = await Spinner.WhileAsync(
            context, "deriving the key of the file", wallet.ExportAsync(request, context.Cancel));
        await FileAccessing.WriteSecretAsync(path, keystore, context.Cancel);
        context.Output.Facts(("address", account.Address.ToString()), ("file", path));
        context.Output.Json(new JsonObject { ["address"] = account.Address.ToString(), ["file"] = path });
    }

    private static string Confirmed(string text)
    {
        if (Console.IsInputRedirected)
            throw CliFailure.Usage("The confirmation is missing.", $"--confirm '{text}'");
        Console.Error.Write($"Whoever has the file and its password owns the account. Type '{text}': ");
        return Console.ReadLine() ?? "";
    }
}
