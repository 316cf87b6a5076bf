using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Demo;

/// <summary>The demo's report for people.</summary>
internal static class DemoTables
{
    public static void Write(Output output, DemoReport report, string? kept)
    {
        foreach (var (job, index) in report.Jobs.Select((j, i) => (j, i + 1)))
        {
            output.Line();
            output.Line($"Job {index}: {job.Engine}");
            if (job.Skipped is not null)
            {
                output.Line($"  {job.Skipped}");
                continue;
            }

            WriteJob(output, job, kept is not null);
        }

        output.Line();
        output.Line("Refused attempts");
        output.Table(
            ["attempt", "answer", "executed", "detail"],
            report.Refused.Select(r => (string[])
            [
                r.Attempt, r.Code ?? "none", r.Executed ? "YES" : "nothing", r.Detail,
            ]));
        output.Line();
        output.Line(report.Conservation
            ? "Conservation: holds; all balances and the escrow sum to genesis minus what was burned."
            : "Conservation: BROKEN.");
        if (kept is not null)
            output.Line($"Kept in {kept}");
        output.Line(report.Holds
            ? $"Everything held, in {report.Seconds:0.0} s."
            : $"NOT everything held, after {report.Seconds:0.0} s.");
    }

    private static void WriteJob(Output output, DemoJob job, bool kept)
    {
        var view = job.Job!;
        output.Facts(
            ("  job id", view.Id.ToString()),
            ("  engine", job.Engine),
            ("  state", view.State.ToString().ToLowerInvariant()),
            ("  units", $"{view.Units} {job.UnitKind}"),
            ("  price", $"{Say.Ait(view.Charge)} of a budget of {Say.Ait(view.Terms.Budget)}"),
            ("  funded by", Say.OrDash(view.FundTransaction)),
            ("  settled by", Say.OrDash(view.SettleTransaction)),
            ("  client", $"{Say.Ait(job.ClientBefore)} -> {Say.Ait(job.ClientAfter)}"),
            ("  provider", $"{Say.Ait(job.ProviderBefore)} -> {Say.Ait(job.ProviderAfter)}"),
            ("  result", job.Check),
            ("  receipt", job.ReceiptFile is null ? null : job.ReceiptFile + (kept ? "" : " (removed at the end)")),
            ("  verified", $"{(job.ReceiptVerified ? "yes, offline" : "NO")}: {job.Verdict}"));
    }
}
