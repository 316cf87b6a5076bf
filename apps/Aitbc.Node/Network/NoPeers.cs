namespace Aitbc.Node.Network;

/// <summary>A node that hears of nobody.</summary>
internal sealed class NoPeers : IGossip
{
    public IReadOnlyList<PeerInfo> Peers => [];

    public void Start(IGossipReceiver receiver)
    {
        // Nobody sends.
    }

    public void Broadcast(MessageClass lane, ReadOnlyMemory<byte> message)
    {
        // Nobody listens.
    }

    public bool TrySend(PeerId peer, MessageClass lane, ReadOnlyMemory<byte> message) => false;

    public void Misbehaved(PeerId peer, string what)
    {
        // Nobody can.
    }
}
