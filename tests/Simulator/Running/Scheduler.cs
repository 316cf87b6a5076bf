namespace Aitbc.Simulator.Running;

/// <summary>What an event is, for the hash and for reading a trace.</summary>
internal enum EventKind
{
    Deliver = 1,
    Timer,
    Disk,
    Local,
    Fault,
    Work,
    Tick,
}

/// <summary>Virtual time in microseconds. Events run in the order of (time, sequence); nothing else decides.</summary>
internal sealed class Scheduler
{
    private readonly PriorityQueue<Event, (long At, long Sequence)> queue = new();
    private long sequence;

    public long Now { get; private set; }

    public long Events { get; private set; }

    public EventHash Hash { get; } = new();

    public void At(long at, EventKind kind, int node, ulong detail, Action run) =>
        queue.Enqueue(new Event(kind, node, detail, run), (Math.Max(at, Now), sequence++));

    public void After(long micros, EventKind kind, int node, ulong detail, Action run) =>
        At(Now + micros, kind, node, detail, run);

    /// <summary>Runs the next event; the node it was for, or null if nothing is left up to the time.</summary>
    public int? RunNext(long until)
    {
        if (!queue.TryPeek(out _, out var place) || place.At > until)
        {
            Now = Math.Max(Now, until);
            return null;
        }

        var next = queue.Dequeue();
        Now = place.At;
        Events++;
        Hash.Add((ulong)Now);
        Hash.Add(((ulong)next.Kind << 56) ^ ((ulong)(uint)next.Node << 40) ^ next.Detail);
        next.Run();
        return next.Node;
    }

    private readonly record struct Event(EventKind Kind, int Node, ulong Detail, Action Run);
}
