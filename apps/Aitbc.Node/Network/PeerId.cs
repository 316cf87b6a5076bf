using Aitbc.Primitives;

namespace Aitbc.Node.Network;

/// <summary>A peer by the SHA-256 of its transport key (SubjectPublicKeyInfo).</summary>
internal readonly record struct PeerId(Hash256 KeyHash)
{
    public override string ToString() => KeyHash.ToString();
}

/// <summary>What is known of a peer.</summary>
/// <param name="Id">Who it is.</param>
/// <param name="Address">Host and port, or the name of the medium.</param>
/// <param name="ConsensusKey">Its Ed25519 key if it proved to hold one; empty otherwise.</param>
/// <param name="IsInbound">True if it called us.</param>
internal sealed record PeerInfo(PeerId Id, string Address, ReadOnlyMemory<byte> ConsensusKey, bool IsInbound)
{
    /// <summary>Messages that wait for it: consensus, sync, transactions. Empty if there are no queues.</summary>
    public IReadOnlyList<int> Queued { get; init; } = [];
}
