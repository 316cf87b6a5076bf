using Prometheus;

namespace Aitbc.Node.Diagnostics;

/// <summary>
/// The metrics of this node under the names of specs/rpc.md, in a registry of its own: several nodes may live in one
/// process. What changes at each block is observed where it happens; the rest is set before it is told.
/// </summary>
internal sealed class NodeGauges
{
    // Seconds. A block of an idle network takes about 0.01, the first round may last 1, a later one some more.
    private static readonly double[] LatencyBounds =
        [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

    // Rounds above the first that a block needed; 0 is the good case.
    private static readonly double[] RoundBounds = [0, 1, 2, 3, 5, 10, 20];

    public NodeGauges()
    {
        var make = Metrics.WithCustomRegistry(Registry);
        CommitLatency = make.CreateHistogram(
            "aitbc_commit_latency_seconds", "From the beginning of round 0 to the durable block.",
            new HistogramConfiguration { Buckets = LatencyBounds });
        Rounds = make.CreateHistogram(
            "aitbc_commit_rounds", "Rounds above the first that a block needed.",
            new HistogramConfiguration { Buckets = RoundBounds });
        MissedProposals = make.CreateCounter(
            "aitbc_missed_proposals_total", "Rounds that ended without a block, by who should have proposed.",
            "operator");
        Decided = make.CreateCounter("aitbc_blocks_decided_total", "Blocks decided by consensus here.");
        Synced = make.CreateCounter("aitbc_blocks_synced_total", "Blocks that came from peers.");
        Height = make.CreateGauge("aitbc_head_height", "Height of the newest final block.");
        HeadTime = make.CreateGauge("aitbc_head_timestamp_seconds", "Time of the newest final block, Unix seconds.");
        BestPeer = make.CreateGauge("aitbc_best_peer_height", "Highest height that a peer has proven; 0 if none.");
        Round = make.CreateGauge("aitbc_round", "Round of the block that is not final yet; -1 before the first.");
        Signing = make.CreateGauge("aitbc_signing", "1 while this node's key signs votes.");
        Peers = make.CreateGauge("aitbc_peers", "Peers that are linked.");
        Queued = make.CreateGauge("aitbc_peer_queue_messages", "Messages that wait for peers.", "class");
        Pool = make.CreateGauge("aitbc_pool_transactions", "Transactions that wait.", "state");
        Resident = make.CreateGauge("aitbc_resident_bytes", "Memory of the process.");
        Heap = make.CreateGauge("aitbc_heap_bytes", "Managed memory in use.");
        Collections = make.CreateCounter("aitbc_gc_collections_total", "Garbage collections.");
        Pause = make.CreateGauge("aitbc_gc_pause_seconds", "Quantiles of the newest pauses.", "quantile");
        DiskFree = make.CreateGauge("aitbc_disk_free_bytes", "Free space where the data is.");
    }

    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    public Histogram CommitLatency { get; }

    public Histogram Rounds { get; }

    public Counter MissedProposals { get; }

    public Counter Decided { get; }

    public Counter Synced { get; }

    public Gauge Height { get; }

    public Gauge HeadTime { get; }

    public Gauge BestPeer { get; }

    public Gauge Round { get; }

    public Gauge Signing { get; }

    public Gauge Peers { get; }

    public Gauge Queued { get; }

    public Gauge Pool { get; }

    public Gauge Resident { get; }

    public Gauge Heap { get; }

    public Counter Collections { get; }

    public Gauge Pause { get; }

    public Gauge DiskFree { get; }
}
