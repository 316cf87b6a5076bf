using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;

namespace Aitbc.Cli.Chain;

internal static class ChainBalance
{
    private static readonly Argument<Address> Account = Symbols.Address("address", "Any account of the chain.");

    public static CliCommand Create() => new CliCommand(
        "balance",
        "Show the balance of any account.",
        "aitbc blockchain balance 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
        .With(Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var address = context.Get(Account);
        var balance = await context.Session.Chain.BalanceAsync(address, context.Cancel);
        context.Output.Line(Say.Ait(balance));
        context.Output.Json(new JsonObject { ["address"] = address.ToString(), ["balance"] = Say.Json(balance) });
    }
}
