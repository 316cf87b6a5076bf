using Aitbc.Cli.Market;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Jobs;

internal static class JobShow
{
    public static CliCommand Create()
    {
        var symbols = new JobSymbols();
        return new CliCommand("show", "Show a job.", $"aitbc job show {JobSymbols.ExampleId}")
            .With(symbols.Id, symbols.Account).Does(context => RunAsync(context, symbols));
    }

    private static async Task RunAsync(CommandContext context, JobSymbols symbols)
    {
        var market = await symbols.MarketAsync(context);
        Tell(context.Output, await market.JobAsync(context.Get(symbols.Id), context.Cancel));
    }

    public static void Tell(Output output, JobView job)
    {
        output.Facts(
            ("job", job.Id.ToString()),
            ("state", job.State + (job.Reason is null ? "" : $" ({job.Reason})")),
            ("engine", job.Terms.Engine),
            ("provider", job.Terms.Provider.ToString()),
            ("budget", Say.Ait(job.Terms.Budget)),
            ("committee", job.Terms.Reexecution is { } again ? string.Join(", ", again.Reexecutors) : null),
            ("a dispute stakes", job.Terms.Reexecution is { } doubt ? Say.Ait(doubt.Stake()) : null),
            ("units", job.Units is { } units ? $"{units} {job.Terms.UnitKind}" : null),
            ("charge", job.Charge is { } charge ? Say.Ait(charge) : null),
            ("promised", MarketSymbols.Promise(job.Terms.Level)),
            ("credit", job.Credit is { } credit ? $"{Say.Ait(credit)} of the charge, for it came late" : null),
            ("funded by", job.FundTransaction?.ToString()),
            ("submitted by", job.SubmitTransaction?.ToString()),
            ("settled by", job.SettleTransaction?.ToString()),
            ("expires", Say.Time(DateTimeOffset.FromUnixTimeSeconds((long)job.Terms.ExpiresAt))),
            ("ordered", Say.Time(job.CreatedAt)));
        output.Json(Say.Json(job, MarketJson.Default.JobView));
    }
}
