using Aitbc.Primitives;

namespace Aitbc.Coordinator.Storage;

/// <summary>How a payer's jobs with a provider ended in one week.</summary>
internal sealed class MarkRow
{
    public required Address Provider { get; init; }

    public required Address Payer { get; init; }

    public required long Week { get; init; }

    public required int Served { get; init; }

    public required int Broken { get; init; }
}

/// <summary>A provider's score as it was counted last.</summary>
internal sealed class StandingRow
{
    public required Address Provider { get; init; }

    public required int Score { get; init; }

    /// <summary>The week for which it was counted.</summary>
    public required long Week { get; init; }

    public required int Payers { get; init; }

    /// <summary>A mark came since.</summary>
    public required bool Stale { get; init; }

    /// <summary>It had bonded enough on the chain when that was last asked.</summary>
    public required bool Bonded { get; init; }
}
