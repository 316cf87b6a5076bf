using Aitbc.Node.Network.Links.Identity;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Node;

/// <summary>The public halves of a node's keys: what a genesis and the registry list of a validator.</summary>
/// <param name="ConsensusKey">Ed25519 public key, 32 bytes.</param>
/// <param name="TransportKeyHash">SHA-256 of the transport key's SubjectPublicKeyInfo (specs/p2p.md, K2).</param>
public sealed record NodeKeys(Hash256 ConsensusKey, Hash256 TransportKeyHash)
{
    /// <summary>Reads them from a node's data folder; those that are missing are made, for its owner only.</summary>
    /// <exception cref="NodeStartException">A key file is damaged, or others may read it.</exception>
    public static NodeKeys ReadOrCreate(string dataDirectory)
    {
        var seed = ValidatorKey.ReadOrCreate(dataDirectory);
        using var transport = TransportKey.ReadOrCreate(dataDirectory);
        return new NodeKeys(Hash256.FromBytes(Ed25519Keys.PublicKeyOf(seed)), transport.Id.KeyHash);
    }
}
