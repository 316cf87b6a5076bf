using System.CommandLine;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

/// <summary>
/// Ends a budget, and follows what the wallet takes back on the chain until nothing more can be started.
/// </summary>
internal static class BudgetRevoke
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly Argument<string> Budget = BudgetLookup.Argument();

    private static readonly Option<int> Wait = new("--wait")
    {
        Description = "Seconds to follow the chain at most; 0 = tell what is exposed now.",
        DefaultValueFactory = _ => 10,
    };

    public static CliCommand Create() => new CliCommand(
        "revoke",
        "End a budget and everything below it at once, take back what it has on the chain, and tell what is exposed.",
        "aitbc budget revoke agent").With(Budget, Wait).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var budget = await BudgetLookup.FindAsync(context, context.Get(Budget));
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var answer = await wallet.Budgets.RevokeAsync(budget.Id, context.Cancel);
        context.Output.Line($"Nothing is signed for {budget.Label} any more.");
        var end = DateTimeOffset.UtcNow.AddSeconds(context.Get(Wait));
        for (var before = ""; IsUnderWay(answer) && DateTimeOffset.UtcNow < end;)
        {
            if (Progress(answer) is var now && now != before)
                context.Output.Progress(before = now);
            await Task.Delay(Pause, context.Cancel);
            answer = await wallet.Budgets.ExposureAsync(budget.Id, context.Cancel);
        }

        Tell(context.Output, answer);
        context.Output.Json(Say.Json(answer, WalletJson.Default.BudgetExposure));
    }

    // What the wallet can still start: a closing channel waits for its delay, and an account's trouble for its owner.
    private static bool IsUnderWay(BudgetExposure answer) =>
        answer.Open.Count > 0
        || answer.Channels?.Any(c => c is { State: "open", Trouble: null } && c.Balance > c.Claimed) == true;

    private static string Progress(BudgetExposure answer)
    {
        var open = answer.Channels?.Count(c => c.State == "open" && c.Balance > c.Claimed) ?? 0;
        var closing = answer.Channels?.Count(c => c.State == "closing") ?? 0;
        return $"on the chain: {answer.Open.Count} signatures open, {open} channels open, {closing} closing";
    }

    private static void Tell(Output output, BudgetExposure answer)
    {
        output.Line(answer.Exposed.IsZero
            ? "Nothing that was signed can still take money."
            : $"{Say.Ait(answer.Exposed)} may still be taken:");
        if (answer.Open.Count > 0)
            BudgetSpendLog.WriteTable(output, answer.Open);
        if (answer.Channels is not { Count: > 0 } channels)
            return;
        output.Table(
            ["channel", "receiver", "state", "holds", "can be claimed", "until", "came back", "trouble"],
            channels.Select(c => (string[])
            [
                Say.Short(c.Id), c.Receiver.ToString(), c.State, Say.Ait(c.Balance), Say.Ait(c.AtRisk),
                c.Until is { } until ? Say.Time(until) : "-", Say.Ait(c.Returned), Say.OrDash(c.Trouble),
            ]));
    }
}
