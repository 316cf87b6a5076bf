using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;

namespace Aitbc.Host.Doctor;

/// <summary>Why the chain does not move, out of what was seen; the gravest first. No input or output.</summary>
internal static class Diagnosis
{
    private const long LittleSpace = 1L << 30;
    private const long NoSpace = 128L << 20;
    private const ulong Behind = 3;
    private const int ManyRounds = 2;
    private const string NoValidator = "not a validator";

    // An idle chain makes a block each 10 s by itself.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ClockError = TimeSpan.FromSeconds(3);

    public static IReadOnlyList<Finding> Of(Observation seen)
    {
        IEnumerable<Finding> all =
        [
            .. Forks(seen), .. Quorum(seen), .. Answers(seen), .. Disk(seen), .. Signing(seen), .. Peers(seen),
            .. Links(seen), .. Clocks(seen), .. Heights(seen), .. Rounds(seen), .. Movement(seen),
        ];
        return [.. all.OrderBy(f => f.Severity == Finding.Error ? 0 : 1)];
    }

    private static IEnumerable<Finding> Forks(Observation seen)
    {
        var branches = seen.Nodes.Where(n => n.CommonHash is not null).GroupBy(n => n.CommonHash).ToList();
        if (branches.Count > 1)
        {
            yield return new Finding(
                "fork",
                Finding.Error,
                "Nodes hold different blocks at one height: "
                + string.Join(" against ", branches.Select(b => Names(b.Select(n => n.Name)))) + ".",
                "Stop the nodes and keep their data: final blocks must never differ. Nodes that each decide alone are "
                + "no network; otherwise a third or more of the validators signed twice.");
        }
    }

    private static IEnumerable<Finding> Answers(Observation seen)
    {
        foreach (var node in seen.Nodes.Where(n => n.Silence is not null))
        {
            yield return seen.Ended.TryGetValue(node.Name, out var why)
                ? new Finding("node_ended", Finding.Error, why, "Read its log, then start the network again.")
                : new Finding(
                    "node_silent",
                    Finding.Error,
                    $"{node.Name} at {node.Url} gives no answer: {node.Silence}.",
                    "Is its process running, and is this its address?");
        }
    }

    private static IEnumerable<Finding> Disk(Observation seen)
    {
        if (seen.FreeBytes is not { } free || free >= LittleSpace)
            yield break;
        yield return new Finding(
            "disk",
            free < NoSpace ? Finding.Error : Finding.Warning,
            Text($"{free >> 20} MiB are free on the disk of {seen.Folder}."),
            "Make room: a node that cannot write stops.");
    }

    private static IEnumerable<Finding> Quorum(Observation seen)
    {
        // The one that has gone furthest knows most.
        var now = seen.Nodes.Select(n => n.Consensus).OfType<ConsensusStatus>()
            .Where(c => c.Round is { Silent.Count: > 0 }).MaxBy(c => (c.Height, c.Round!.Round));
        if (now?.Round is not { } round)
            yield break;
        var weights = seen.Nodes.Select(n => n.Validators).OfType<ValidatorSetStatus>().FirstOrDefault()?.Validators
            .ToDictionary(v => v.Operator, v => v.Weight) ?? [];
        var all = round.Votes.Aggregate(0UL, (sum, v) => sum + weights.GetValueOrDefault(v.Operator, 1UL));
        var heard = round.Silent.Aggregate(all, (sum, v) => sum - weights.GetValueOrDefault(v, 1UL));
        var who = Names(round.Silent.Select(v => v.ToString()));
        yield return heard < round.Quorum
            ? new Finding(
                "no_quorum",
                Finding.Error,
                Text($"Block {now.Height} cannot become final: {round.Quorum} of {all} are needed, {heard} are heard.")
                + $" Silent: {who}.",
                "Start the silent validators, or mend what is between them and the others.")
            : new Finding(
                "validator_silent",
                Finding.Warning,
                Text($"Silent at block {now.Height}: {who}.")
                + Text($" The others are enough ({heard} of {all}, needed {round.Quorum})."),
                "Start them again before another one fails.");
    }

    private static IEnumerable<Finding> Signing(Observation seen)
    {
        foreach (var node in seen.Nodes)
        {
            if (node.Consensus is { Signing: not ("yes" or NoValidator) } now)
            {
                yield return new Finding(
                    "not_signing",
                    Finding.Warning,
                    $"The validator of {node.Name} does not sign: {now.Signing}.",
                    "It may need a moment after its start. A key that signs in two places is a fault that costs the "
                    + "bond.");
            }
        }
    }

    private static IEnumerable<Finding> Peers(Observation seen)
    {
        foreach (var node in seen.Nodes.Where(n => n is { Peers.Count: 0, Validators.Validators.Count: > 1 }))
        {
            yield return new Finding(
                "no_peers",
                Finding.Error,
                $"{node.Name} is linked with nobody.",
                "Do its peers run, are their addresses and key hashes right, and does a firewall close the port? Its "
                + "log says of each why there is no link.");
        }
    }

    // Seen before the chain stands: an idle one has nobody who owes a vote.
    private static IEnumerable<Finding> Links(Observation seen)
    {
        foreach (var node in seen.Nodes)
        {
            if (node is not { Peers: { Count: > 0 } peers, Validators: { } set, Consensus: { } now }
                || now.Signing == NoValidator || now.Round is { Silent.Count: > 0 } || !peers.All(p => IsLink(p)))
                continue;
            var linked = peers.Select(p => p.Operator).OfType<Address>().ToHashSet();
            var apart = set.Validators.Where(v => !linked.Contains(v.Operator)).Select(v => v.Weight).ToList();
            // One of those it is itself, and nobody says which.
            if (apart.Count <= 1)
                continue;
            var all = set.Validators.Aggregate(0UL, (sum, v) => sum + v.Weight);
            var reached = apart.Aggregate(all, (sum, w) => sum - w) + apart.Max();
            var isEnough = reached >= set.Quorum;
            yield return new Finding(
                isEnough ? "validator_not_linked" : "validators_apart",
                isEnough ? Finding.Warning : Finding.Error,
                Text($"{node.Name} is not linked with {apart.Count - 1} of the ")
                + Text($"{set.Validators.Count - 1} other validators")
                + (isEnough ? "." : Text($": it reaches {reached} of {all}, and {set.Quorum} are needed for a block.")),
                "Do they run, and does a firewall close their ports? Its log says of each why there is no link.");
        }
    }

    // Over a shared medium nobody proves a validator's key.
    private static bool IsLink(PeerStatus peer) => peer.Address.Contains(':', StringComparison.Ordinal);

    private static IEnumerable<Finding> Clocks(Observation seen)
    {
        foreach (var node in seen.Nodes)
        {
            if (node.ClockAhead is { } ahead && ahead.Duration() > ClockError)
            {
                yield return new Finding(
                    "clock",
                    Finding.Warning,
                    Text($"The clock of {node.Name} is {ahead.Duration().TotalSeconds:0} s ")
                    + $"{(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's.",
                    "Set the clocks (NTP): blocks of a validator with a wrong clock are not voted for.");
            }

            if (node.Head is { } head && Time(head) - seen.Now is var future && future > ClockError)
            {
                yield return new Finding(
                    "clock",
                    Finding.Warning,
                    Text($"The newest block of {node.Name} is dated {future.TotalSeconds:0} s ")
                    + "after this machine's clock.",
                    "Set the clocks (NTP) of this machine and of the validators.");
            }
        }
    }

    private static IEnumerable<Finding> Heights(Observation seen)
    {
        var known = seen.Nodes.Where(n => n.Head is not null).ToList();
        var top = known.Select(n => Math.Max(n.Head!.Number, n.Consensus?.BestPeerTip ?? 0)).DefaultIfEmpty().Max();
        foreach (var node in known.Where(n => top - n.Head!.Number > Behind))
        {
            yield return new Finding(
                "behind",
                Finding.Warning,
                Text($"{node.Name} is at block {node.Head!.Number}, another node at {top}."),
                "It should catch up by itself; if the number stays, its log says what it waits for.");
        }
    }

    private static IEnumerable<Finding> Rounds(Observation seen)
    {
        var now = seen.Nodes.Select(n => n.Consensus).OfType<ConsensusStatus>()
            .MaxBy(c => (c.Height, c.Round?.Round ?? -1));
        if (now?.Round is not { Round: >= ManyRounds } round)
            yield break;
        yield return new Finding(
            "many_rounds",
            Finding.Warning,
            Text($"Block {now.Height} is in round {round.Round}: that many attempts failed.")
            + (round.HasProposal ? "" : $" No proposal came from {round.Proposer}."),
            "'aitbc blockchain consensus' shows who voted for what.");
    }

    private static IEnumerable<Finding> Movement(Observation seen)
    {
        var best = seen.Nodes.Where(n => n.Head is not null).MaxBy(n => n.Head!.Number);
        if (best is null || seen.Now - Time(best.Head!) is var age && age <= Stale)
            yield break;
        var waiting = best.Status?.Pending ?? 0;
        yield return new Finding(
            "stands_still",
            Finding.Error,
            Text($"The newest block, {best.Head!.Number}, is {age.TotalSeconds:0} s old")
            + (waiting > 0 ? Text($" although {waiting} transactions wait.") : "."),
            "What is said above is the likely reason; if nothing is, read the nodes' logs.");
    }

    private static DateTimeOffset Time(BlockSummary block) =>
        DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(block.TimestampSeconds, 253_402_300_799));

    private static string Names(IEnumerable<string> names) => string.Join(", ", names);

    private static string Text(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}
