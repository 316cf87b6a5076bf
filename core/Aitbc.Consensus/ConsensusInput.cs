using Aitbc.Primitives;

namespace Aitbc.Consensus;

/// <summary>
/// What happens to an engine (specs/consensus.md). The list is closed; inputs carry no time and no block body.
/// </summary>
public abstract record ConsensusInput
{
    private ConsensusInput()
    {
    }

    /// <summary>The block below is durable; this height may be decided now.</summary>
    /// <param name="Height">One above the newest durable block.</param>
    public sealed record HeightStarted(ulong Height) : ConsensusInput;

    /// <summary>There may be a transaction for a block.</summary>
    public sealed record WorkAvailable : ConsensusInput;

    /// <summary>The heartbeat scheduled for this height has elapsed.</summary>
    /// <param name="Height">Height for which it was scheduled.</param>
    public sealed record HeartbeatElapsed(ulong Height) : ConsensusInput;

    /// <summary>The block asked for by <see cref="ConsensusEffect.BuildBlock"/> is there.</summary>
    /// <param name="Height">Its height.</param>
    /// <param name="Block">Its hash; null = there was nothing to build it from.</param>
    public sealed record BlockBuilt(ulong Height, Hash256? Block) : ConsensusInput;
}
