using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links.Admission;

/// <summary>A validator as the registry has it.</summary>
/// <param name="ConsensusKey">Ed25519 public key.</param>
/// <param name="TransportKeyHash">Zeros if it is not known.</param>
internal sealed record RollEntry(Hash256 ConsensusKey, Hash256 TransportKeyHash);

/// <summary>The validators of the next block, as far as links care (H3, H4). Read anew from time to time.</summary>
internal sealed class ValidatorRoll(Func<IReadOnlyList<RollEntry>> read)
{
    private IReadOnlyList<RollEntry> entries = [];

    public int Count => Volatile.Read(ref entries).Count;

    public void Refresh() => Volatile.Write(ref entries, read());

    public bool IsValidator(Hash256 consensusKey) =>
        !consensusKey.IsZero && Volatile.Read(ref entries).Any(e => e.ConsensusKey == consensusKey);

    /// <summary>What the registry says against this pair of keys; null if nothing.</summary>
    public string? Contradiction(PeerId peer, Hash256 consensusKey)
    {
        foreach (var entry in Volatile.Read(ref entries))
        {
            var (ofKey, ofLink) = (entry.ConsensusKey == consensusKey, entry.TransportKeyHash == peer.KeyHash);
            if (ofKey && !ofLink && !entry.TransportKeyHash.IsZero)
                return "the registry lists another transport key for this validator";
            if (ofLink && !ofKey)
                return "the registry lists another consensus key for this transport key";
        }

        return null;
    }
}
