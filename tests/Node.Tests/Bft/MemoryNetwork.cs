using System.Threading.Channels;
using Aitbc.Node.Network;
using Aitbc.Primitives;

namespace Node.Tests.Bft;

/// <summary>
/// Links in memory: bounded, in order, with switches that lose, delay and cut. What a switch takes is lost, as with a
/// broken cable; both sides hear that the other has gone.
/// </summary>
internal sealed class MemoryNetwork(TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly List<MemoryGossip> members = [];
    private readonly Random luck = new(7);
    private Func<PeerId, PeerId, bool> isConnected = (_, _) => true;

    /// <summary>Part of the messages that is lost, in percent.</summary>
    public int LossPercent { get; set; }

    /// <summary>How long each message is on its way.</summary>
    public TimeSpan Delay { get; set; }

    public static PeerId IdOf(int index) => new(Keccak256.Hash([(byte)index]));

    /// <summary>A new place in the network; the one before with the same index is gone.</summary>
    public MemoryGossip Join(int index, ReadOnlyMemory<byte> consensusKey)
    {
        var gossip = new MemoryGossip(this, IdOf(index), consensusKey);
        lock (gate)
            members.RemoveAll(m => m.Id == gossip.Id);
        return gossip;
    }

    /// <summary>Only members of one group hear each other.</summary>
    public void Split(params int[][] groups) =>
        Connect((a, b) => groups.Any(g => g.Any(i => IdOf(i) == a) && g.Any(i => IdOf(i) == b)));

    public void Heal() => Connect((_, _) => true);

    internal void Add(MemoryGossip gossip)
    {
        MemoryGossip[] others;
        lock (gate)
        {
            others = [.. members.Where(m => isConnected(m.Id, gossip.Id))];
            members.Add(gossip);
        }

        foreach (var other in others)
        {
            other.Receiver!.OnConnected(gossip.Id);
            gossip.Receiver!.OnConnected(other.Id);
        }
    }

    internal void Remove(MemoryGossip gossip)
    {
        MemoryGossip[] others;
        lock (gate)
        {
            if (!members.Remove(gossip))
                return;
            others = [.. members];
        }

        foreach (var other in others)
            other.Receiver!.OnDisconnected(gossip.Id);
    }

    internal IReadOnlyList<MemoryGossip> OthersOf(PeerId id)
    {
        lock (gate)
            return [.. members.Where(m => m.Id != id && isConnected(id, m.Id))];
    }

    internal bool Send(PeerId from, MemoryGossip to, MessageClass lane, ReadOnlyMemory<byte> message)
    {
        if (message.Length > GossipLimits.MaxMessage)
            throw new InvalidOperationException($"A message of {message.Length} bytes is too long.");
        lock (gate)
        {
            if (luck.Next(100) < LossPercent)
                return true;
        }

        if (Delay == TimeSpan.Zero)
            return to.Put(from, lane, message);
        ITimer? timer = null;
        timer = time.CreateTimer(
            _ =>
            {
                timer?.Dispose();
                to.Put(from, lane, message);
            },
            null, Delay, Timeout.InfiniteTimeSpan);
        return true;
    }

    private void Connect(Func<PeerId, PeerId, bool> rule)
    {
        List<(MemoryGossip A, MemoryGossip B, bool Now)> changed = [];
        lock (gate)
        {
            foreach (var a in members)
            {
                foreach (var b in members.Where(m => m != a && isConnected(a.Id, m.Id) != rule(a.Id, m.Id)))
                    changed.Add((a, b, rule(a.Id, b.Id)));
            }

            isConnected = rule;
        }

        foreach (var (a, b, now) in changed)
        {
            if (now)
                a.Receiver!.OnConnected(b.Id);
            else
                a.Receiver!.OnDisconnected(b.Id);
        }
    }
}

/// <summary>One node's side of it.</summary>
internal sealed class MemoryGossip : IGossip, IDisposable
{
    private const int MostWaiting = 16_384;

    private readonly MemoryNetwork network;
    private readonly ReadOnlyMemory<byte> key;
    private readonly Channel<(PeerId From, MessageClass Lane, ReadOnlyMemory<byte> Message)> inbox =
        Channel.CreateBounded<(PeerId, MessageClass, ReadOnlyMemory<byte>)>(MostWaiting);

    public MemoryGossip(MemoryNetwork network, PeerId id, ReadOnlyMemory<byte> key) =>
        (this.network, Id, this.key) = (network, id, key);

    public PeerId Id { get; }

    public IGossipReceiver? Receiver { get; private set; }

    /// <summary>What was said about others.</summary>
    public List<string> Complaints { get; } = [];

    public IReadOnlyList<PeerInfo> Peers =>
        [.. network.OthersOf(Id).Select(m => new PeerInfo(m.Id, "memory", m.key, IsInbound: false))];

    public void Start(IGossipReceiver receiver)
    {
        Receiver = receiver;
        _ = Task.Run(async () =>
        {
            await foreach (var (from, lane, message) in inbox.Reader.ReadAllAsync())
                receiver.OnMessage(from, lane, message);
        });
        network.Add(this);
    }

    public void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message)
    {
        foreach (var other in network.OthersOf(Id))
            network.Send(Id, other, lane, message);
    }

    public bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message) =>
        network.OthersOf(Id).FirstOrDefault(m => m.Id == peer) is { } other
            && network.Send(Id, other, lane, message);

    public bool Has(string complaint)
    {
        lock (Complaints)
            return Complaints.Exists(c => c.Contains(complaint, StringComparison.Ordinal));
    }

    public void Misbehaved(PeerId peer, string what)
    {
        lock (Complaints)
            Complaints.Add(what);
    }

    public bool Put(PeerId from, MessageClass lane, ReadOnlyMemory<byte> message) =>
        inbox.Writer.TryWrite((from, lane, message));

    public void Dispose()
    {
        network.Remove(this);
        inbox.Writer.TryComplete();
    }
}
