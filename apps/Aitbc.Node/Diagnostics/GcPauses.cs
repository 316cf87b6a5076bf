namespace Aitbc.Node.Diagnostics;

/// <summary>
/// How long garbage collections stopped this process: the newest pauses. The runtime tells of its latest collection
/// only, so an object that dies with each collection reads it and puts another one in its place. Of two collections
/// that follow each other before it could, the first is missed.
/// </summary>
internal sealed class GcPauses
{
    private const int Most = 8_192;

    // Held here: were it reachable from the dying object alone, it would be emptied in the same collection.
    private readonly WeakReference<GcPauses> self;
    private readonly Lock gate = new();
    private readonly long[] microseconds = new long[Most];
    private long seen;
    private long index;

    public GcPauses()
    {
        self = new WeakReference<GcPauses>(this);
        Watch(self);
    }

    /// <summary>Pauses since the start.</summary>
    public long Seen
    {
        get
        {
            lock (gate)
                return seen;
        }
    }

    /// <summary>Quantiles of the newest pauses in microseconds; zeros before the first.</summary>
    public (long P50, long P99, long Most) Quantiles()
    {
        long[] sorted;
        lock (gate)
            sorted = microseconds[..(int)Math.Min(seen, Most)];
        if (sorted.Length == 0)
            return default;
        Array.Sort(sorted);
        return (sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]);
    }

    private void Record()
    {
        var last = GC.GetGCMemoryInfo(GCKind.Any);
        lock (gate)
        {
            if (last.Index == index)
                return;
            index = last.Index;
            foreach (var pause in last.PauseDurations)
            {
                // A collection that is not concurrent has one pause; the second is zero.
                if (pause > TimeSpan.Zero)
                    microseconds[seen++ % Most] = (long)pause.TotalMicroseconds;
            }
        }
    }

    private static void Watch(WeakReference<GcPauses> pauses) => _ = new Witness(pauses);

    private sealed class Witness(WeakReference<GcPauses> pauses)
    {
        ~Witness()
        {
            if (Environment.HasShutdownStarted || !pauses.TryGetTarget(out var target))
                return;
            target.Record();
            Watch(pauses);
        }
    }
}
