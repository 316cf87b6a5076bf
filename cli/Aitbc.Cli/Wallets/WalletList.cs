using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Wallets;

internal static class WalletList
{
    public static CliCommand Create() => new CliCommand(
        "list", "List the accounts of the wallet with their balances.", "aitbc wallet list --json").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var accounts = await wallet.AccountsAsync(context.Cancel);
        var rows = new List<IReadOnlyList<string>>();
        var json = new JsonArray();
        foreach (var account in accounts)
        {
            var balance = await context.Session.Chain.BalanceAsync(account.Address, context.Cancel);
            rows.Add([account.Label, account.Address.ToString(), Say.Ait(balance), account.Source]);
            json.Add((JsonNode)new JsonObject
            {
                ["label"] = account.Label,
                ["address"] = account.Address.ToString(),
                ["balance"] = Say.Json(balance),
                ["source"] = account.Source,
            });
        }

        context.Output.Table(["label", "address", "balance", "source"], rows);
        context.Output.Json(new JsonObject { ["accounts"] = json });
    }
}
