using System.Threading.Channels;
using Aitbc.Node.Network.Links.Wire;

namespace Aitbc.Node.Network.Links;

/// <summary>What became of a message for a peer.</summary>
internal enum QueueVerdict
{
    Taken,

    /// <summary>Its queue is full; the peer stays (Q2).</summary>
    Refused,

    /// <summary>Its queue is full, and the peer must go (Q1).</summary>
    TooSlow,
}

/// <summary>The bounded queues of a link, one a class; the lowest class goes first (specs/p2p.md, section 5).</summary>
internal sealed class SendQueues
{
    private readonly IReadOnlyList<QueueBound> bounds;
    private readonly Queue<ReadOnlyMemory<byte>>[] queues;
    private readonly int[] bytes;
    private readonly Lock gate = new();

    // Holds at most one word: there is something.
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public SendQueues(IReadOnlyList<QueueBound> bounds)
    {
        this.bounds = bounds;
        queues = [.. bounds.Select(_ => new Queue<ReadOnlyMemory<byte>>())];
        bytes = new int[bounds.Count];
    }

    public QueueVerdict Add(byte lane, ReadOnlyMemory<byte> message)
    {
        lock (gate)
        {
            var queue = queues[lane];
            while (IsFull(lane, message.Length))
            {
                if (lane == (byte)MessageClass.Sync)
                    return QueueVerdict.Refused;
                if (lane != (byte)MessageClass.Transactions)
                    return QueueVerdict.TooSlow;
                bytes[lane] -= queue.Dequeue().Length;
            }

            queue.Enqueue(message);
            bytes[lane] += message.Length;
        }

        wake.Writer.TryWrite(true);
        return QueueVerdict.Taken;
    }

    /// <summary>The next message of the first class that has one.</summary>
    public bool TryTake(out Frame frame)
    {
        lock (gate)
        {
            for (byte lane = 0; lane < queues.Length; lane++)
            {
                if (!queues[lane].TryDequeue(out var message))
                    continue;
                bytes[lane] -= message.Length;
                frame = new Frame(lane, message);
                return true;
            }
        }

        frame = default;
        return false;
    }

    /// <summary>Waits until something may be there.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancel) => wake.Reader.ReadAsync(cancel);

    /// <summary>Messages that wait, but for control.</summary>
    public IReadOnlyList<int> Counts()
    {
        lock (gate)
            return [.. queues.Skip(1).Select(q => q.Count)];
    }

    private bool IsFull(byte lane, int length) =>
        queues[lane].Count > 0
        && (queues[lane].Count >= bounds[lane].Messages || bytes[lane] + length > bounds[lane].Bytes);
}
