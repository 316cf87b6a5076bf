using Aitbc.Primitives;

namespace Aitbc.Consensus;

/// <summary>What an engine wants done (specs/consensus.md). The list is closed.</summary>
public abstract record ConsensusEffect
{
    private ConsensusEffect()
    {
    }

    /// <summary>Build a block; the answer is <see cref="ConsensusInput.BlockBuilt"/>.</summary>
    /// <param name="Height">Height of the block.</param>
    /// <param name="EvenEmpty">True if a block without transactions is wanted too.</param>
    public sealed record BuildBlock(ulong Height, bool EvenEmpty) : ConsensusEffect;

    /// <summary>The block is final: sign its certificate, make both durable, then start the next height.</summary>
    /// <param name="Height">Height of the block.</param>
    /// <param name="Round">Round of the decision.</param>
    /// <param name="Block">Hash of the block.</param>
    public sealed record Decide(ulong Height, uint Round, Hash256 Block) : ConsensusEffect;

    /// <summary>
    /// Answer with <see cref="ConsensusInput.HeartbeatElapsed"/> after the heartbeat; replaces the one before.
    /// </summary>
    /// <param name="Height">Height to name in the answer.</param>
    public sealed record ScheduleHeartbeat(ulong Height) : ConsensusEffect;
}
