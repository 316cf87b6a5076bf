using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Node.Network.Links.Identity;

/// <summary>Who this node is, to its peers: transport key, consensus key, and the chain that it is on.</summary>
/// <param name="transport">Stays open as long as there are links.</param>
/// <param name="consensusSeed">Ed25519 seed; null = this node proves no consensus key.</param>
/// <param name="chainId">The chain.</param>
/// <param name="genesis">Hash of block 0.</param>
internal sealed class LinkIdentity(TransportKey transport, byte[]? consensusSeed, ulong chainId, Hash256 genesis)
{
    public TransportKey Transport { get; } = transport;

    public ulong ChainId { get; } = chainId;

    public Hash256 Genesis { get; } = genesis;

    /// <summary>Zeros for none.</summary>
    public Hash256 ConsensusKey { get; } =
        consensusSeed is null ? default : Hash256.FromBytes(Ed25519Keys.PublicKeyOf(consensusSeed));

    public PeerId Id => Transport.Id;

    /// <summary>The proof of the consensus key on a link; empty without one.</summary>
    public byte[] Prove(LinkSubject subject, bool isDialler) =>
        consensusSeed is null ? [] : Ed25519Keys.Sign(consensusSeed, subject.SignedBytes(isDialler));
}
