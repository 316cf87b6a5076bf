using System.CommandLine;
using Aitbc.Cli.Market;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Providers;

/// <summary>A provider's score, with the payers that it is counted from.</summary>
internal static class ProviderReputation
{
    private const long Job = ReputationTally.Loudest / 3;
    private static readonly Argument<Address> Provider = Symbols.Address("address", "The provider's address.");
    private static readonly Option<int> Limit = MarketSymbols.Limit();
    private static readonly Option<string?> After = MarketSymbols.After();

    public static CliCommand Create() => new CliCommand(
        "reputation",
        "Show a provider's score, and the payers that it is counted from.",
        "aitbc provider reputation 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
        .With(Provider, Limit, After).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var view = await context.Session.Market().ReputationAsync(
            context.Get(Provider), context.Get(Limit), context.Get(After), context.Cancel);
        context.Output.Facts(
            ("provider", view.Provider.ToString()),
            ("score", $"{view.Score} of {ReputationTally.Highest} ({ReputationTally.Newcomer} = nothing is known)"),
            ("counted from", view.Payers == 1 ? "1 payer" : $"{view.Payers} payers"),
            ("bonded", view.Bonded ? "enough to end probation" : null),
            ("probation", view.Probation ? "yes: each offer counts for few jobs at once" : "no"),
            ("pending", view.Pending ? "a job ended that is not counted yet" : null));
        context.Output.Table(
            ["payer", "served", "broken", "voice"],
            view.Marks.Select(p => (string[])
            [
                p.Payer.ToString(),
                p.Weeks.Sum(w => (long)w.Served).ToString(),
                p.Weeks.Sum(w => (long)w.Broken).ToString(),
                Voice(ReputationTally.VoiceOf(p.Weeks, view.Week)),
            ]));
        MarketSymbols.TellNext(context.Output, view.Next);
        context.Output.Json(Say.Json(view, MarketJson.Default.ReputationView));
    }

    /// <summary>Jobs for and against, in hundredths.</summary>
    private static string Voice(PayerVoice voice) => $"+{Jobs(voice.Served)} -{Jobs(voice.Broken)}";

    private static string Jobs(long weight) => $"{weight / Job}.{weight % Job * 100 / Job:00}";
}
