using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Cli.Wallets;

/// <summary>Needs no wallet and no node: anybody can check a signature.</summary>
internal static class WalletVerify
{
    private const int MaxBytes = 256 * 1024;

    private static readonly Argument<Address> Signer = Symbols.Address("address", "Who is said to have signed.");

    private static readonly Argument<string> Signed = new("signature") { Description = "65 bytes in hex." };

    private static readonly Option<string?> Message = new("--message") { Description = "The signed text (EIP-191)." };

    private static readonly Option<string?> TypedData = new("--typed-data")
    {
        Description = "File with the signed JSON (EIP-712).",
    };

    public static CliCommand Create() => new CliCommand(
        "verify",
        "Check who signed a message or typed data.",
        "aitbc wallet verify 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 0x... --message hello")
        .With(Signer, Signed, Message, TypedData).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var (message, file) = (context.Get(Message), context.Get(TypedData));
        if (message is null == file is null)
            throw CliFailure.Usage("Exactly one of --message and --typed-data is needed.");
        if (!Hex.TryParse(context.Get(Signed)!, out var bytes))
            throw CliFailure.Usage("The signature is 65 bytes in hex, 0x in front.");
        var hash = message is not null
            ? Eip191.HashMessage(message)
            : await HashAsync(file!, context.Cancel);
        var valid = Signature.TryParse65(bytes, out var signature)
            && Secp256k1.TryRecover(hash, signature, out var signer) && signer == context.Get(Signer);
        context.Output.Line(valid ? "The signature is valid." : "The signature is NOT of this address.");
        context.Output.Json(new JsonObject { ["valid"] = valid });
        context.Exit = valid ? ExitCode.Ok : ExitCode.Refused;
    }

    private static async Task<Hash256> HashAsync(string path, CancellationToken cancel)
    {
        try
        {
            using var document = JsonDocument.Parse(await FileAccessing.ReadAsync(path, MaxBytes, cancel));
            return Eip712.HashTypedData(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw CliFailure.Usage($"{path} is no typed data: {e.Message}");
        }
    }
}
