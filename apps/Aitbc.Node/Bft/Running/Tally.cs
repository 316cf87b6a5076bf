using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Node.Diagnostics;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Running;

/// <summary>Counts rounds, missed proposals and latencies.</summary>
internal sealed class Tally(TimeProvider time, NodeGauges gauges)
{
    // Operators that ever were in a set could be many; those beyond are not counted.
    private const int MostOperators = 1_024;

    private readonly Dictionary<Address, ulong> missed = [];
    private ulong decided;
    private ulong synced;
    private ulong extraRounds;
    private ulong lastUs;
    private ulong sumUs;
    private long? began;

    /// <summary>A picture after the newest block; it does not change.</summary>
    public StandingCounters Counters { get; private set; } = new(0, 0, 0, 0, 0, new Dictionary<Address, ulong>());

    /// <summary>Round 0 has begun; later calls for the same height change nothing.</summary>
    public void Began() => began ??= time.GetTimestamp();

    public void Final(VoteCertificate commit, ValidatorSet set, bool bySync)
    {
        if (bySync)
        {
            synced++;
            gauges.Synced.Inc();
        }
        else
        {
            decided++;
            lastUs = began is { } start ? (ulong)time.GetElapsedTime(start).TotalMicroseconds : 0;
            sumUs += lastUs;
            gauges.Decided.Inc();
            gauges.Rounds.Observe(commit.Round);
            if (began is not null)
                gauges.CommitLatency.Observe(lastUs / 1e6);
        }

        extraRounds += (ulong)commit.Round;
        for (var round = Math.Max(0, commit.Round - set.Count); round < commit.Round; round++)
        {
            var proposer = set[set.Proposer(commit.Height, round)].Operator;
            if (missed.Count >= MostOperators && !missed.ContainsKey(proposer))
                continue;
            missed[proposer] = missed.GetValueOrDefault(proposer) + 1;
            gauges.MissedProposals.WithLabels(proposer.ToString()).Inc();
        }

        began = null;
        Counters = new StandingCounters(
            decided, synced, extraRounds, lastUs, sumUs, new Dictionary<Address, ulong>(missed));
    }
}
