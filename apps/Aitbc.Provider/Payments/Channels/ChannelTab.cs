using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>One channel while this process lives. All members are touched under <see cref="Gate"/> only.</summary>
internal sealed class ChannelTab(Hash256 id)
{
    public Lock Gate { get; } = new();

    public Hash256 Id { get; } = id;

    /// <summary>What was written last; null = nothing was ever paid through it here.</summary>
    public ChannelRecord? Record { get; set; }

    /// <summary>The channel on the chain as it was last seen.</summary>
    public ChannelHolding? View { get; set; }

    /// <summary>Whether a request is under way on it.</summary>
    public bool IsBusy { get; set; }

    /// <summary>Everything charged, which is never less than what the chain shows as claimed.</summary>
    public UInt256 Charged
    {
        get
        {
            var (known, claimed) = (Record?.Charged ?? UInt256.Zero, View?.Claimed ?? UInt256.Zero);
            return known > claimed ? known : claimed;
        }
    }

    public ChannelCorrection Correction() => new(
        Id,
        Charged,
        Record?.Signed ?? UInt256.Zero,
        Record?.Signature ?? "",
        View?.Balance ?? UInt256.Zero,
        View?.Claimed ?? UInt256.Zero);
}
