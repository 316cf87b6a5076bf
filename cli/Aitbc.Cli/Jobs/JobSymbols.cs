using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

/// <summary>What the commands on one job share.</summary>
internal sealed class JobSymbols
{
    public const string ExampleId = "0x5f1c9a3e2b7d4860a1c2e3f405162738495a6b7c8d9eaf0b1c2d3e4f50617283";

    public Argument<Hash256> Id { get; } = Symbols.Hash("id", "Id of the job.");

    public Option<string?> Account { get; } = Symbols.Account();

    public async Task<MarketClient> MarketAsync(CommandContext context)
    {
        var account = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        return await context.Session.MarketAsync(account.Address, context.Cancel);
    }
}
