using static Aitbc.Consensus.ConsensusEffect;
using static Aitbc.Consensus.ConsensusInput;

namespace Aitbc.Consensus.Solo;

/// <summary>
/// Consensus of one validator (specs/consensus.md, section 2): its own block is final at once. Pure: the same state
/// and input give the same state and effects. An input that does not fit the state changes nothing.
/// </summary>
public static class SoloEngine
{
    /// <summary>One step.</summary>
    /// <param name="state">State before.</param>
    /// <param name="input">What happened.</param>
    /// <returns>The state after and what is to be done, in order.</returns>
    public static (SoloState State, IReadOnlyList<ConsensusEffect> Effects) Step(SoloState state, ConsensusInput input)
    {
        ArgumentNullException.ThrowIfNull(state);
        return input switch
        {
            HeightStarted started when MayStart(state, started.Height) => Start(state, started.Height),
            WorkAvailable when state.Phase == SoloPhase.Waiting => Build(state, evenEmpty: false),
            WorkAvailable => (state with { HasWork = true }, []),
            HeartbeatElapsed beat when state.Phase == SoloPhase.Waiting && beat.Height == state.Height =>
                Build(state, evenEmpty: true),
            BlockBuilt built when state.Phase == SoloPhase.Building && built.Height == state.Height =>
                Built(state, built),
            _ => (state, []),
        };
    }

    private static bool MayStart(SoloState state, ulong height) => state.Phase == SoloPhase.Decided
        && height > 0 && (state.Height == 0 || height == state.Height + 1);

    private static (SoloState, IReadOnlyList<ConsensusEffect>) Start(SoloState state, ulong height)
    {
        var heartbeat = new ScheduleHeartbeat(height);
        return state.HasWork
            ? (new SoloState(height, SoloPhase.Building, false), [heartbeat, new BuildBlock(height, false)])
            : (new SoloState(height, SoloPhase.Waiting, false), [heartbeat]);
    }

    private static (SoloState, IReadOnlyList<ConsensusEffect>) Build(SoloState state, bool evenEmpty) =>
        (state with { Phase = SoloPhase.Building, HasWork = false }, [new BuildBlock(state.Height, evenEmpty)]);

    private static (SoloState, IReadOnlyList<ConsensusEffect>) Built(SoloState state, BlockBuilt built)
    {
        if (built.Block is { } block)
            return (state with { Phase = SoloPhase.Decided }, [new Decide(state.Height, 0, block)]);
        return state.HasWork
            ? Build(state, evenEmpty: false)
            : (state with { Phase = SoloPhase.Waiting }, []);
    }
}
