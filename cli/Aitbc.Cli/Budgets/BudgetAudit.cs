using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

/// <summary>The owner's check of the signing log; whatever does not agree ends it with exit code 1.</summary>
internal static class BudgetAudit
{
    private static readonly Option<string?> Head = new("--head")
    {
        Description = "NUMBER:SEAL that an earlier audit told: the log must still hold it.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text.Split(':') is [var number, { Length: > 0 } seal] && ulong.TryParse(number, out _)
                && seal.All(char.IsAsciiHexDigit))
                return text;
            result.AddError($"'{text}' is no NUMBER:SEAL, as an audit tells its newest line.");
            return null;
        },
    };

    public static CliCommand Create() => new CliCommand(
        "audit",
        "Replay the signing log: decode every signature, add all up, compare with totals, seals and chain.",
        "aitbc budget audit").With(Head).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var audit = await wallet.Budgets.AuditAsync(context.Get(Head), context.Cancel);
        context.Output.Facts(
            ("lines", audit.Lines.ToString()),
            ("signatures", audit.Signatures.ToString()),
            ("compared with the chain", audit.OnChain?.ToString() ?? "nothing: no node answers"),
            ("newest", audit.Head),
            ("differences", audit.Found == 0 ? "none" : audit.Found.ToString()));
        if (audit.Found > 0)
        {
            context.Output.Table(
                ["line", "budget", "difference"],
                audit.Differences.Select(d => (string[])
                    [d.Line?.ToString() ?? "-", d.Budget ?? "-", d.What]));
        }

        context.Output.Json(Say.Json(audit, WalletJson.Default.SpendAudit));
        context.Exit = audit.Found == 0 ? ExitCode.Ok : ExitCode.Failure;
    }
}
