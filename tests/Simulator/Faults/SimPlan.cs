namespace Aitbc.Simulator.Faults;

/// <summary>Everything that a run depends on.</summary>
/// <param name="Seed">Seed of all chances.</param>
/// <param name="Validators">Founding validators.</param>
/// <param name="Spares">Nodes that follow and may join.</param>
/// <param name="HealAtMs">When all faults but those of adversaries end.</param>
/// <param name="WorkEveryMs">Mean time between two transactions.</param>
/// <param name="ChangesParameters">Whether the times of the protocol change from block to block.</param>
/// <param name="Faults">What goes wrong.</param>
internal sealed record SimPlan(
    ulong Seed, int Validators, int Spares, int HealAtMs, int WorkEveryMs, bool ChangesParameters,
    IReadOnlyList<Fault> Faults)
{
    /// <summary>Heights that must be decided after the healing, by every honest node.</summary>
    public ulong ProgressHeights { get; init; } = 10;

    /// <summary>Virtual milliseconds in which they must.</summary>
    public long ProgressMs { get; init; } = 60_000;
}
