using Aitbc.Primitives;
using Aitbc.Sdk.Chain;

namespace Aitbc.Host.Doctor;

/// <summary>What was seen of a network from outside. What is not known is null.</summary>
internal sealed record Observation
{
    /// <summary>This machine's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    public required IReadOnlyList<NodeView> Nodes { get; init; }

    /// <summary>Processes of a development network that ended unasked, with the sentence that says so.</summary>
    public IReadOnlyDictionary<string, string> Ended { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder of the data, if it is on this machine.</summary>
    public string? Folder { get; init; }

    /// <summary>What is free on its disk, in bytes.</summary>
    public long? FreeBytes { get; init; }
}

/// <summary>What one node answered.</summary>
internal sealed record NodeView(string Name, Uri Url)
{
    /// <summary>Why it gave no usable answer; null = it did.</summary>
    public string? Silence { get; init; }

    public ChainStatus? Status { get; init; }

    public BlockSummary? Head { get; init; }

    /// <summary>Hash of the newest block that all nodes have.</summary>
    public Hash256? CommonHash { get; init; }

    /// <summary>How far its machine's clock is ahead of this one's.</summary>
    public TimeSpan? ClockAhead { get; init; }

    /// <summary>Null where it decides alone, or does not tell.</summary>
    public ValidatorSetStatus? Validators { get; init; }

    /// <summary>Null where it has no network of peers, or does not tell.</summary>
    public IReadOnlyList<PeerStatus>? Peers { get; init; }

    /// <summary>Null where it decides alone, or does not tell.</summary>
    public ConsensusStatus? Consensus { get; init; }
}

/// <summary>One thing that is wrong, or worth knowing.</summary>
/// <param name="Code">A lower-case word for programs.</param>
/// <param name="Severity">"error": it keeps the chain from moving, or will; "warning": it may.</param>
/// <param name="Detail">A sentence.</param>
/// <param name="Next">What to do about it.</param>
internal sealed record Finding(string Code, string Severity, string Detail, string Next)
{
    public const string Error = "error";
    public const string Warning = "warning";
}
