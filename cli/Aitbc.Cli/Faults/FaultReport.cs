using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Faults;

/// <summary>The score sheet of a run.</summary>
internal sealed class FaultReport(
    int seed, FaultLog log, IReadOnlyList<AuditedJob> jobs, int lostRequests, int lostReplies,
    IReadOnlyList<ScoreRule> rules)
{
    public bool Holds => rules.All(r => r.Holds);

    private IReadOnlyList<AuditedJob> Settled => [.. jobs.Where(j => j.Client.Ended?.State == JobState.Settled)];

    private IReadOnlyList<AuditedJob> Refunded =>
        [.. jobs.Where(j => j.Client.Ended?.State == JobState.Refunded && j.Escrows.Count > 0)];

    public void Write(Output output)
    {
        output.Line();
        output.Line($"Score sheet of seed {seed}, after {log.Now.TotalSeconds:0} s");
        output.Table(
            ["rule", "holds", ""], rules.Select(r => (string[])[r.Name, r.Holds ? "yes" : "NO", r.Detail]));
        output.Line();
        output.Facts(
            ("jobs", $"{jobs.Count}: {Settled.Count} settled, {Refunded.Count} refunded, "
                + $"{jobs.Count - Settled.Count - Refunded.Count} never paid"),
            ("cheated with", string.Join(", ", log.Hostile.OrderBy(h => h.Key).Select(h => $"{h.Key} {h.Value}"))),
            ("attempts refused", $"{log.Attacks.Count(a => a.Refused)} of {log.Attacks.Count}"),
            ("messages lost", $"{lostRequests} requests, {lostReplies} replies"),
            ("killed", string.Join(", ", log.Kills.GroupBy(k => k.Role).Select(g => $"{g.Key} {g.Count()}"))),
            ("back after", Span(log.Kills.Select(k => k.BackAfter ?? TimeSpan.MaxValue))),
            ("next job settled after", Span(Recoveries())),
            ("refunded after", Span(Refunded.Select(j => j.Client.Took))));
        output.Line(Holds ? "Everything held." : "NOT everything held.");
    }

    public JsonObject ToJson() => new()
    {
        ["seed"] = seed,
        ["holds"] = Holds,
        ["rules"] = new JsonArray([.. rules.Select(r => (JsonNode)new JsonObject
        {
            ["name"] = r.Name,
            ["holds"] = r.Holds,
            ["detail"] = r.Detail,
        })]),
        ["jobs"] = jobs.Count,
        ["settled"] = Settled.Count,
        ["refunded"] = Refunded.Count,
        ["attacks"] = log.Attacks.Count,
        ["kills"] = log.Kills.Count,
        ["lostRequests"] = lostRequests,
        ["lostReplies"] = lostReplies,
        ["longestBackMs"] = Longest(log.Kills.Select(k => k.BackAfter ?? TimeSpan.MaxValue)),
        ["longestRecoveryMs"] = Longest(Recoveries()),
        ["longestRefundMs"] = Longest(Refunded.Select(j => j.Client.Took)),
    };

    /// <summary>From each kill to the next job that was settled.</summary>
    private IEnumerable<TimeSpan> Recoveries() => log.Kills
        .Select(k => Settled.Where(j => j.Client.EndedAt > k.At).Select(j => j.Client.EndedAt - k.At)
            .DefaultIfEmpty(TimeSpan.Zero).Min())
        .Where(t => t > TimeSpan.Zero);

    private static string? Span(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? null
            : $"{sorted[sorted.Count / 2].TotalSeconds:0.0} s in the middle, {sorted[^1].TotalSeconds:0.0} s at most";
    }

    private static long Longest(IEnumerable<TimeSpan> times) =>
        (long)times.DefaultIfEmpty(TimeSpan.Zero).Max().TotalMilliseconds;
}
