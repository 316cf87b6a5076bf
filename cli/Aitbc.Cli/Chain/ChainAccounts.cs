using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Chain;

internal static class ChainAccounts
{
    public static CliCommand Create() => new CliCommand(
        "accounts", "Show the wallet's accounts as the chain knows them.", "aitbc blockchain accounts").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var chain = context.Session.Chain;
        var rows = new List<IReadOnlyList<string>>();
        var json = new JsonArray();
        foreach (var account in await wallet.AccountsAsync(context.Cancel))
        {
            var balance = await chain.BalanceAsync(account.Address, context.Cancel);
            var nonce = await chain.FinalNonceAsync(account.Address, context.Cancel);
            rows.Add([account.Address.ToString(), Say.Ait(balance), nonce.ToString(), account.Label]);
            json.Add((JsonNode)new JsonObject
            {
                ["address"] = account.Address.ToString(),
                ["balance"] = Say.Json(balance),
                ["nonce"] = nonce,
                ["label"] = account.Label,
            });
        }

        context.Output.Table(["address", "balance", "nonce", "label"], rows);
        context.Output.Json(new JsonObject { ["accounts"] = json });
    }
}
