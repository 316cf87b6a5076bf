using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;
using Aitbc.Primitives;

namespace Aitbc.Node.Bft.Bodies;

/// <summary>
/// Bodies that are needed and not there. A body usually follows its proposal, so nobody is asked at once; then one peer
/// after the other, until it comes or the height is over.
/// </summary>
internal sealed class BodyFetch(IGossip gossip, TimeProvider time)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<Hash256, Want> wants = [];

    /// <summary>Rounds in which the engine asked about the block.</summary>
    public IReadOnlyList<int> RoundsOf(Hash256 block) => wants.TryGetValue(block, out var want) ? want.Rounds : [];

    /// <summary>Whether a peer was asked for the body.</summary>
    public bool WasAsked(PeerId peer, Hash256 block) =>
        wants.TryGetValue(block, out var want) && want.Peers.Contains(peer);

    public void Add(ulong height, int round, Hash256 block)
    {
        if (!wants.TryGetValue(block, out var want))
            wants.Add(block, want = new Want(height, time.GetTimestamp()));
        if (!want.Rounds.Contains(round))
            want.Rounds.Add(round);
    }

    public void Remove(Hash256 block) => wants.Remove(block);

    public void Clear() => wants.Clear();

    public void Tick()
    {
        if (wants.Count == 0)
            return;
        var peers = gossip.Peers;
        foreach (var (block, want) in wants)
        {
            var wait = FirstWait + (want.Asked * Pause);
            if (peers.Count == 0 || time.GetElapsedTime(want.Since) < wait)
                continue;
            var peer = peers[(int)((want.Height + (ulong)want.Asked) % (ulong)peers.Count)].Id;
            want.Asked++;
            want.Peers.Add(peer);
            gossip.TrySend(
                peer, MessageClass.Consensus, PeerCodec.Encode(new PeerMessage.GetBody(want.Height, block)));
        }
    }

    private sealed class Want(ulong height, long since)
    {
        public ulong Height => height;

        public long Since => since;

        public List<int> Rounds { get; } = [];

        public HashSet<PeerId> Peers { get; } = [];

        public int Asked { get; set; }
    }
}
