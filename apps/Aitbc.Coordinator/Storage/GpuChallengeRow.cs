using Aitbc.Primitives;
using Aitbc.Sdk.Gpu;

namespace Aitbc.Coordinator.Storage;

/// <summary>A provider's last challenge; its next takes its place.</summary>
internal sealed class GpuChallengeRow
{
    public required Address Provider { get; init; }

    public required Hash256 Seed { get; init; }

    public required string Device { get; init; }

    public required long MemoryMib { get; init; }

    public required int Lanes { get; init; }

    public required int Steps { get; init; }

    public required long AskedAtMs { get; init; }

    public required long ExpiresAtMs { get; init; }

    /// <summary>An answer was taken, right or wrong: there is no second one.</summary>
    public bool Answered { get; init; }

    /// <summary>What was seen of a right answer, for who asks again; signed when the wallet did so.</summary>
    public string? AttestationJson { get; init; }

    public GpuWork Work() => new() { Seed = Seed, Lanes = Lanes, Steps = Steps };
}
