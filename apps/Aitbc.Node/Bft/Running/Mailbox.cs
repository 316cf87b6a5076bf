using Aitbc.Node.Network;

namespace Aitbc.Node.Bft.Running;

/// <summary>
/// What waits for the thread of consensus: own events first, then messages of consensus, then of sync. What peers send
/// is bounded, as a whole and for each peer; beyond that it is lost, as on the way.
/// </summary>
internal sealed class Mailbox : IDisposable
{
    /// <summary>Messages of one peer that wait at most.</summary>
    public const int MostOfPeer = 1_024;

    /// <summary>Messages of all peers that wait at most.</summary>
    public const int Most = 8_192;

    /// <summary>Bytes of them at most.</summary>
    public const long MostBytes = 64 << 20;

    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly Queue<RunnerItem> own = [];
    private readonly Queue<RunnerItem.FromPeer> consensus = [];
    private readonly Queue<RunnerItem.FromPeer> sync = [];
    private readonly Dictionary<PeerId, int> waiting = [];
    private long bytes;
    private bool hasWork;
    private bool hasTick;

    /// <summary>Own events; work and ticks that wait already are not doubled.</summary>
    public void Post(RunnerItem item)
    {
        lock (gate)
        {
            if ((item is RunnerItem.Work && hasWork) || (item is RunnerItem.Tick && hasTick))
                return;
            hasWork |= item is RunnerItem.Work;
            hasTick |= item is RunnerItem.Tick;
            own.Enqueue(item);
        }

        wake.Release();
    }

    /// <summary>A message of a peer; false if there is no room for it.</summary>
    public bool TryPost(RunnerItem.FromPeer item, MessageClass lane)
    {
        lock (gate)
        {
            var ofPeer = waiting.GetValueOrDefault(item.Peer);
            if (ofPeer >= MostOfPeer || consensus.Count + sync.Count >= Most || bytes + item.Bytes > MostBytes)
                return false;
            waiting[item.Peer] = ofPeer + 1;
            bytes += item.Bytes;
            (lane == MessageClass.Consensus ? consensus : sync).Enqueue(item);
        }

        wake.Release();
        return true;
    }

    /// <summary>Waits for the next.</summary>
    public RunnerItem Take(CancellationToken cancel)
    {
        wake.Wait(cancel);
        lock (gate)
        {
            if (own.TryDequeue(out var item))
            {
                hasWork &= item is not RunnerItem.Work;
                hasTick &= item is not RunnerItem.Tick;
                return item;
            }

            var message = consensus.Count > 0 ? consensus.Dequeue() : sync.Dequeue();
            bytes -= message.Bytes;
            if (--waiting[message.Peer] is 0)
                waiting.Remove(message.Peer);
            return message;
        }
    }

    public void Dispose() => wake.Dispose();
}
