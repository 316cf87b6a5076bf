using System.CommandLine;
using System.Text;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

/// <summary>Secrets come from a file or from standard input: a command line is read by every process.</summary>
internal static class WalletImport
{
    private const int MaxBytes = 4096;

    private static readonly Argument<string> File = new("file")
    {
        Description =
            "File with a mnemonic, a private key in hex or a keystore (Web3 Secret Storage); '-' asks or reads a pipe.",
    };

    private static readonly Option<string> Label = new("--label")
    {
        Description = "Label of the account; with a mnemonic, what its labels begin with.",
        Required = true,
    };

    private static readonly Option<int> Count = new("--count")
    {
        Description = "How many accounts of a mnemonic.",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<string?> Password = Passwords.Option(
        "--keystore-password-file", "File with the password of the keystore (default: it is asked for).");

    private static readonly Option<string?> Passphrase = Passwords.Option(
        "--passphrase-file", "File with the passphrase of the mnemonic (BIP-39); '-' asks for it (default: none).");

    public static CliCommand Create() => new CliCommand(
        "import",
        "Import accounts of a mnemonic, one private key, or a keystore file.",
        "aitbc wallet import words.txt --label mine --count 3")
        .With(File, Label, Count, Passphrase, Password).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var secret = (await ReadAsync(context.Get(File), context.Cancel)).Trim();
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var label = context.Get(Label)!;
        var accounts = await ImportAsync(context, wallet, secret, label);
        context.Output.Table(["label", "address"], accounts.Select(a => (string[])[a.Label, a.Address.ToString()]));
        context.Output.Json(Say.Json(new WalletAccountList(accounts), WalletJson.Default.WalletAccountList));
    }

    private static async Task<IReadOnlyList<WalletAccount>> ImportAsync(
        CommandContext context, WalletClient wallet, string secret, string label)
    {
        if (secret.StartsWith('{'))
        {
            var password = await Passwords.ReadAsync(
                context.Get(Password), "Password of the keystore: ", context.Cancel);
            return [await Spinner.WhileAsync(
                context,
                "opening the keystore",
                wallet.ImportKeystoreAsync(secret, password, label, context.Cancel))];
        }

        if (!secret.Any(char.IsWhiteSpace))
            return [await wallet.ImportPrivateKeyAsync(secret, label, context.Cancel)];
        var passphrase = context.Get(Passphrase) is { } place
            ? await Passwords.ReadAsync(place == "-" ? null : place, "Passphrase of the mnemonic: ", context.Cancel)
            : null;
        return await wallet.ImportMnemonicAsync(secret, passphrase, context.Get(Count), label, context.Cancel);
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancel)
    {
        if (path != "-")
            return Encoding.UTF8.GetString(await FileAccessing.ReadAsync(path, MaxBytes, cancel));
        return Console.IsInputRedirected
            ? await Console.In.ReadToEndAsync(cancel)
            : await Passwords.ReadAsync(null, "Mnemonic or private key: ", cancel);
    }
}
