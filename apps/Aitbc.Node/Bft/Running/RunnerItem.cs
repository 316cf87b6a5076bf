using Aitbc.Consensus.Bft.Engine;
using Aitbc.Node.Bft.Wire;
using Aitbc.Node.Network;

namespace Aitbc.Node.Bft.Running;

/// <summary>What the thread of consensus works on, one at a time. The list is closed.</summary>
internal abstract record RunnerItem
{
    private RunnerItem()
    {
    }

    /// <summary>A message of a peer, decoded within its limits and nothing more.</summary>
    public sealed record FromPeer(PeerId Peer, PeerMessage Message, int Bytes) : RunnerItem;

    /// <summary>A peer has come.</summary>
    public sealed record Connected(PeerId Peer) : RunnerItem;

    /// <summary>A peer has gone.</summary>
    public sealed record Disconnected(PeerId Peer) : RunnerItem;

    /// <summary>A scheduled time-out is over.</summary>
    public sealed record Elapsed(TimeoutKind Kind, ulong Height, int Round) : RunnerItem;

    /// <summary>There may be a transaction for a block.</summary>
    public sealed record Work : RunnerItem;

    /// <summary>Time to look after what was asked for and did not come.</summary>
    public sealed record Tick : RunnerItem;
}
