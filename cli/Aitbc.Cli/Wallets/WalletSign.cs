using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

internal static class WalletSign
{
    private const int MaxBytes = 256 * 1024;

    private static readonly Option<string?> Message = new("--message") { Description = "Text to sign (EIP-191)." };

    private static readonly Option<string?> TypedData = new("--typed-data")
    {
        Description = "File with the JSON to sign (EIP-712).",
    };

    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "sign", "Sign a message or typed data with an account of the wallet.", "aitbc wallet sign --message hello")
        .With(Message, TypedData, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var (message, file) = (context.Get(Message), context.Get(TypedData));
        if (message is null == file is null)
            throw CliFailure.Usage("Exactly one of --message and --typed-data is needed.");
        if (file is not null)
        {
            await SignTypedAsync(context, file, context.Get(Account));
            return;
        }

        var account = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var wallet = await context.Session.WalletAsync(context.Cancel);
        Tell(context, account, await wallet.SignMessageAsync(
            account.Address, Encoding.UTF8.GetBytes(message!), context.Cancel));
    }

    /// <summary>Signs the typed data of a file and tells the signature.</summary>
    public static async Task SignTypedAsync(CommandContext context, string file, string? named)
    {
        var typedData = await ReadAsync(file, context.Cancel);
        var account = await context.Session.AccountAsync(named, context.Cancel);
        var wallet = await context.Session.WalletAsync(context.Cancel);
        Tell(context, account, await wallet.SignTypedDataAsync(account.Address, typedData, context.Cancel));
    }

    private static void Tell(CommandContext context, WalletAccount account, Signature signature)
    {
        var hex = Hex.ToHex(signature.ToBytes65());
        context.Output.Line(hex);
        context.Output.Json(new JsonObject { ["address"] = account.Address.ToString(), ["signature"] = hex });
    }

    private static async Task<JsonElement> ReadAsync(string path, CancellationToken cancel)
    {
        try
        {
            using var document = JsonDocument.Parse(await FileAccessing.ReadAsync(path, MaxBytes, cancel));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw CliFailure.Usage($"{path} is no JSON: {e.Message}");
        }
    }
}
