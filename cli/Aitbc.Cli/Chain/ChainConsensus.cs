using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

internal static class ChainConsensus
{
    private const int MicrosInMilli = 1_000;

    public static CliCommand Create() => new CliCommand(
        "consensus", "Show how the next block is being decided: who voted for what, and who is silent.",
        "aitbc blockchain consensus").Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var now = await ConsensusAnswers.AskAsync(context, (c, cancel) => c.ConsensusAsync(cancel));
        var counted = now.Counters;
        context.Output.Facts(
            ("block", now.Height.ToString()),
            ("round", now.Round is { } round ? Describe(round) : "none has begun"),
            ("this node signs", now.Signing),
            ("best of peers", now.BestPeerTip.ToString()),
            ("decided", $"{counted.Decided} blocks, and {counted.Synced} taken from others, since the node started"),
            ("extra rounds", counted.ExtraRounds.ToString()),
            ("missed proposals", Missed(counted)),
            ("latency", counted.Decided == 0 ? "not known" : Latency(counted)));
        if (now.Round is { } votes)
            WriteVotes(context.Output, votes);
        foreach (var past in now.PastRounds)
            context.Output.Line(Past(past));
        context.Output.Json(ToJson(now));
    }

    private static void WriteVotes(Output output, RoundStatus round)
    {
        output.Line();
        output.Table(
            ["validator", "prevote", "precommit", ""],
            round.Votes.Select(v => (string[])
            [
                v.Operator.ToString(), Vote(v.Prevote), Vote(v.Precommit),
                v.Operator == round.Proposer ? "proposes" : round.Silent.Contains(v.Operator) ? "silent" : "",
            ]));
        output.Line();
        output.Line(round.Silent.Count == 0
            ? "Nobody who owes a vote is silent."
            : $"Silent: {round.Silent.Count} of {round.Votes.Count}; weight {round.Quorum} is needed for a block.");
    }

    private static string Describe(RoundStatus round) => round.Round < 0
        ? "waits for work"
        : $"{round.Round}, {round.Step.ToLowerInvariant()}, {(round.HasProposal ? "with" : "without")} a proposal";

    private static string Past(RoundStatus round) =>
        $"Round {round.Round} failed: {Short(round.Proposer)} proposed {(round.HasProposal ? "a block" : "nothing")}; "
        + (round.Silent.Count == 0 ? "all voted." : $"silent: {string.Join(", ", round.Silent.Select(Short))}.");

    private static string Short(Address account) => account.ToString()[..10];

    private static string Vote(string? vote) => vote switch
    {
        null => "-",
        { Length: > 20 } hash => $"{hash[..10]}..{hash[^6..]}",
        _ => vote,
    };

    private static string Missed(ConsensusCounters counted) => counted.MissedProposals.Count == 0
        ? "none"
        : string.Join(", ", counted.MissedProposals.OrderByDescending(m => m.Value)
            .Select(m => $"{m.Value} of {Short(m.Key)}"));

    private static string Latency(ConsensusCounters counted) =>
        $"{counted.LastLatencyUs / MicrosInMilli} ms for the last block, "
        + $"{counted.LatencyUsSum / counted.Decided / MicrosInMilli} ms in the mean";

    private static JsonObject ToJson(ConsensusStatus now) => new()
    {
        ["height"] = now.Height,
        ["signing"] = now.Signing,
        ["bestPeerTip"] = now.BestPeerTip,
        ["round"] = now.Round is { } round ? ToJson(round) : null,
        ["pastRounds"] = new JsonArray([.. now.PastRounds.Select(r => (JsonNode)ToJson(r))]),
        ["counters"] = new JsonObject
        {
            ["decided"] = now.Counters.Decided,
            ["synced"] = now.Counters.Synced,
            ["extraRounds"] = now.Counters.ExtraRounds,
            ["lastLatencyUs"] = now.Counters.LastLatencyUs,
            ["latencyUsSum"] = now.Counters.LatencyUsSum,
            ["missedProposals"] = new JsonArray([.. now.Counters.MissedProposals.Select(m => (JsonNode)new JsonObject
            {
                ["operator"] = m.Key.ToString(),
                ["count"] = m.Value,
            })]),
        },
    };

    private static JsonObject ToJson(RoundStatus round) => new()
    {
        ["round"] = round.Round,
        ["step"] = round.Step,
        ["quorum"] = round.Quorum,
        ["proposer"] = round.Proposer.ToString(),
        ["hasProposal"] = round.HasProposal,
        ["votes"] = new JsonArray([.. round.Votes.Select(v => (JsonNode)new JsonObject
        {
            ["operator"] = v.Operator.ToString(),
            ["prevote"] = v.Prevote,
            ["precommit"] = v.Precommit,
        })]),
        ["silent"] = Names(round.Silent),
    };

    private static JsonArray Names(IEnumerable<Address> accounts) =>
        [.. accounts.Select(a => (JsonNode)JsonValue.Create(a.ToString()))];
}
