namespace Aitbc.Consensus.Solo;

/// <summary>Where the engine of a single validator stands.</summary>
/// <param name="Height">Height being decided; 0 before the first is started.</param>
/// <param name="Phase">What it waits for.</param>
/// <param name="HasWork">True if work was announced while it could not be taken up.</param>
public sealed record SoloState(ulong Height, SoloPhase Phase, bool HasWork)
{
    /// <summary>Before the first <see cref="ConsensusInput.HeightStarted"/>.</summary>
    public static readonly SoloState Initial = new(0, SoloPhase.Decided, false);
}

/// <summary>What the engine waits for.</summary>
public enum SoloPhase
{
    /// <summary>For work or the heartbeat.</summary>
    Waiting,

    /// <summary>For the block it asked for.</summary>
    Building,

    /// <summary>For the start of the next height.</summary>
    Decided,
}
