using System.Text;
using Aitbc.Cli.Demo;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Faults;

/// <summary>A rule and whether it held.</summary>
internal sealed record ScoreRule(string Name, bool Holds, string Detail);

/// <summary>An order as its client, the coordinator and the chain have it at the end.</summary>
/// <param name="Client">What its client saw.</param>
/// <param name="Market">What the coordinator says; null = it does not know the job.</param>
/// <param name="Escrows">Jobs of this key in the escrow.</param>
/// <param name="Receipt">Verdict on its receipt against the chain; null if it was not settled.</param>
internal sealed record AuditedJob(
    ClientJob Client, JobView? Market, IReadOnlyList<EscrowJob> Escrows, ReceiptVerdict? Receipt);

/// <summary>What must hold in the end, whatever was done to the network (docs/hostile-world.md).</summary>
internal static class ScoreSheet
{
    public static IReadOnlyList<ScoreRule> Judge(
        IReadOnlyList<AuditedJob> jobs, UInt256 held, bool conservation, Address honest,
        IReadOnlyCollection<Attack> attacks, IReadOnlyCollection<Killed> kills) =>
    [
        new("conservation of coins", conservation, "all balances sum to genesis minus what was burned"),
        Held(jobs, held),
        None("each order was paid into the escrow at most once", jobs.Where(j => j.Escrows.Count > 1)),
        None("each job has one end, the same at client, coordinator and chain", jobs.Where(j => !HasOneEnd(j))),
        None(
            "nobody was charged above the budget",
            jobs.Where(j => j.Escrows.Any(e => e.Charge > e.Budget || e.Budget != j.Market?.Terms.Budget))),
        None("every payment has a receipt that the chain confirms", jobs.Where(j =>
            IsPaid(j) && j.Receipt != ReceiptVerdict.Valid)),
        None(
            "what an honest provider delivered is paid",
            jobs.Where(j => j.Escrows.Any(e => e.Provider == honest && e.SubmittedAt > 0) && !IsPaid(j))),
        None("every result of the honest provider is right", jobs.Where(j =>
            IsPaid(j) && j.Escrows[0].Provider == honest && !IsRight(j.Client))),
        new(
            "the market went on", jobs.Any(IsPaid), $"{jobs.Count(IsPaid)} of {jobs.Count} jobs were done and paid"),
        new(
            "nothing that is forbidden was taken", attacks.All(a => a.Refused),
            $"{attacks.Count} attempts refused" + Names(attacks.Where(a => !a.Refused).Select(a => a.Name))),
        new(
            "every killed daemon came back on its data", kills.All(k => k.BackAfter is not null),
            $"{kills.Count} kills" + Names(kills.Where(k => k.BackAfter is null).Select(k => k.Role))),
    ];

    private static ScoreRule Held(IReadOnlyList<AuditedJob> jobs, UInt256 held)
    {
        var (deposits, paid, back, open) = (UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero);
        foreach (var job in jobs.SelectMany(j => j.Escrows).Where(e => e.Status != EscrowStatus.Open))
        {
            deposits += job.Budget;
            if (!job.IsTerminal)
                open += job.Budget;
            else if (job.Status == EscrowStatus.Completed)
                (paid, back) = (paid + job.Payment, back + (job.Budget - UInt256.Min(job.Payment, job.Budget)));
            else
                back += job.Budget;
        }

        return new ScoreRule(
            "deposits = paid + refunded + held, and the escrow holds that",
            deposits == paid + back + open && open == held,
            $"{deposits} = {paid} + {back} + {open} atto-AIT; the escrow holds {held}");
    }

    private static bool IsPaid(AuditedJob job) => job.Escrows.Any(e => e.Status == EscrowStatus.Completed);

    private static bool IsRight(ClientJob job) =>
        job.Output is { } output && Encoding.UTF8.GetString(output) == WordCount.Of(job.Input);

    private static bool HasOneEnd(AuditedJob job)
    {
        if (job.Client.Ended is not { } seen)
            return job.Escrows.Count == 0; // it was never ordered, or given up before it was
        var isSettled = seen.State == JobState.Settled;
        return seen.State is JobState.Settled or JobState.Refunded && job.Market?.State == seen.State
            && (isSettled ? IsPaid(job) : job.Escrows.All(e => e.IsTerminal && e.Status != EscrowStatus.Completed));
    }

    private static ScoreRule None(string name, IEnumerable<AuditedJob> broken)
    {
        var ids = broken.Select(j => j.Client.Id.ToString()).ToList();
        return new ScoreRule(name, ids.Count == 0, ids.Count == 0 ? "" : $"{ids.Count} not" + Names(ids));
    }

    private static string Names(IEnumerable<string> names)
    {
        var some = string.Join(", ", names.Distinct().Take(5));
        return some.Length == 0 ? "" : $": {some}";
    }
}
