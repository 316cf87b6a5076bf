using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;

namespace Aitbc.Cli.Chain;

/// <summary>Asks a node that is not trusted and believes only what is proved.</summary>
internal static class ChainVerify
{
    private static readonly Option<FileInfo> Trust = new("--trust")
    {
        Description = "File of 'aitbc blockchain trust', from somebody you trust.",
        Required = true,
    };

    private static readonly Option<Address?> Account = Symbols.AddressOption("--account", "Prove this account.");

    private static readonly Option<Hash256?> Transaction =
        Symbols.HashOption("--transaction", "Prove the receipt of this transaction.");

    public static CliCommand Create() => new CliCommand(
        "verify",
        "Verify the newest block of a node you do not trust, and an account or a receipt against it.",
        "aitbc blockchain verify --trust trust.json --account 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
        .With(Trust, Account, Transaction).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var client = new LightClient(
            new RpcLightSource(context.Session.Chain), await ReadAsync(context.Get(Trust)!, context.Cancel));
        try
        {
            var header = await client.HeaderAsync(null, context.Cancel);
            context.Output.Facts(
                ("block", $"{header.Height} {header.Hash}"),
                ("decided by", $"a quorum of {header.Validators.Count} validators"));
            var json = new JsonObject { ["height"] = header.Height, ["hash"] = header.Hash.ToString() };
            if (context.Get(Account) is { } account)
                await AccountAsync(context, client, header, account, json);
            if (context.Get(Transaction) is { } transaction)
                await ReceiptAsync(context, client, transaction, json);
            context.Output.Json(json);
        }
        catch (LightException e)
        {
            throw CliFailure.Failed(
                "not_verified", $"{e.Failure}: {e.Message}", "Nothing that this node says about it can be believed.");
        }
    }

    private static async Task AccountAsync(
        CommandContext context, LightClient client, LightHeader header, Address account, JsonObject json)
    {
        var state = await client.AccountAsync(account, header, context.Cancel);
        context.Output.Facts(
            ("account", account.ToString()), ("balance", Say.Ait(state.Balance)), ("nonce", state.Nonce.ToString()));
        json["account"] = new JsonObject
        {
            ["address"] = account.ToString(),
            ["balance"] = Say.Json(state.Balance),
            ["nonce"] = state.Nonce,
        };
    }

    private static async Task ReceiptAsync(
        CommandContext context, LightClient client, Hash256 transaction, JsonObject json)
    {
        var proved = await client.ReceiptAsync(transaction, context.Cancel)
            ?? throw CliFailure.Failed("transaction_unknown", $"The node knows no final transaction {transaction}.");
        context.Output.Facts(
            ("transaction", transaction.ToString()),
            ("in block", proved.Block.Height.ToString()),
            ("result", proved.Receipt.Succeeded ? "succeeded" : "reverted"),
            ("events", proved.Receipt.Logs.Count.ToString()));
        json["receipt"] = new JsonObject
        {
            ["transaction"] = transaction.ToString(),
            ["block"] = proved.Block.Height,
            ["succeeded"] = proved.Receipt.Succeeded,
            ["events"] = proved.Receipt.Logs.Count,
        };
    }

    private static async Task<LightTrust> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        try
        {
            return LightTrustFile.Parse(await File.ReadAllBytesAsync(file.FullName, cancel));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw CliFailure.Usage($"{file.Name} cannot be read: {e.Message}", "Make one: aitbc blockchain trust");
        }
    }
}
