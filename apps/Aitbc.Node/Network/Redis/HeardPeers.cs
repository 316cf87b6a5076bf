using Aitbc.Primitives;

namespace Aitbc.Node.Network.Redis;

/// <summary>Who was heard lately (specs/p2p.md, R4). All of it is hearsay.</summary>
internal sealed class HeardPeers(TimeProvider time)
{
    private const int Most = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Dictionary<PeerId, (Hash256 ConsensusKey, long Heard)> peers = [];

    public IEnumerable<PeerInfo> All => peers.Select(p => new PeerInfo(
        p.Key,
        "redis",
        p.Value.ConsensusKey.IsZero ? ReadOnlyMemory<byte>.Empty : p.Value.ConsensusKey.ToArray(),
        IsInbound: false));

    public bool Has(PeerId peer) => peers.ContainsKey(peer);

    /// <summary>A message came.</summary>
    /// <param name="message">Its header says from whom.</param>
    /// <param name="isNew">True if this peer was not here before.</param>
    /// <returns>False if there are too many to know this one.</returns>
    public bool Note(RedisMessage message, out bool isNew)
    {
        isNew = !peers.ContainsKey(message.Sender);
        if (isNew && peers.Count >= Most)
            return false;
        peers[message.Sender] = (message.ConsensusKey, time.GetTimestamp());
        return true;
    }

    /// <summary>Forgets those that were not heard for long, and names them.</summary>
    public IReadOnlyList<PeerId> Forget()
    {
        var gone = peers.Where(p => time.GetElapsedTime(p.Value.Heard) > Patience).Select(p => p.Key).ToList();
        gone.ForEach(p => peers.Remove(p));
        return gone;
    }
}
