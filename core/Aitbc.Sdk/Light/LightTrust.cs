using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Light;

/// <summary>
/// What a light client believes before it asks anybody: from a genesis file, or from somebody who is trusted. It must
/// be younger than the trusting period when the client is made.
/// </summary>
/// <param name="ChainId">The chain.</param>
/// <param name="Genesis">Hash of block 0.</param>
/// <param name="Height">The height that these validators decide, at least 1: for a genesis file 1.</param>
/// <param name="Validators">The validators of that height.</param>
/// <param name="TimeMs">Time of the block before that height, Unix milliseconds.</param>
public sealed record LightTrust(ulong ChainId, Hash256 Genesis, ulong Height, ValidatorSet Validators, ulong TimeMs);

/// <summary>Bounds of a light client.</summary>
public sealed record LightOptions
{
    /// <summary>
    /// How long validators are trusted after their block; must be shorter than the time after which they may take their
    /// bond home. Default 10 days.
    /// </summary>
    public TimeSpan TrustingPeriod { get; init; } = TimeSpan.FromDays(10);

    /// <summary>How far ahead of this clock the time of a block may be. Default 10 s.</summary>
    public TimeSpan MaxClockDrift { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most blocks that are fetched on the way to one height. Default 1,000.</summary>
    public int MaxSteps { get; init; } = 1_000;

    /// <summary>Verified headers that are kept; the oldest go first. Default 1,000.</summary>
    public int MaxKept { get; init; } = 1_000;
}
