using Aitbc.Primitives;

namespace Aitbc.Sdk.Market;

/// <summary>How jobs of one week ended between a payer and a provider (specs/market/reputation.md).</summary>
/// <param name="Week">Unix time in weeks: seconds divided by <see cref="ReputationTally.WeekSeconds"/>.</param>
/// <param name="Served">Jobs that were settled, from 0.</param>
/// <param name="Broken">Jobs that the provider took and did not do, from 0.</param>
public sealed record PayerWeek(long Week, int Served, int Broken);

/// <summary>What one payer's jobs say of a provider.</summary>
/// <param name="Payer">The payer's account.</param>
/// <param name="Weeks">At most <see cref="ReputationTally.Horizon"/> weeks, oldest first.</param>
public sealed record PayerMarks(Address Payer, IReadOnlyList<PayerWeek> Weeks);

/// <summary>Answer of <c>GET /v1/providers/{address}/reputation</c>: a score and what it is counted from.</summary>
public sealed record ReputationView
{
    /// <summary>The provider.</summary>
    public required Address Provider { get; init; }

    /// <summary>0 to 1000; 500 for one that nothing is known of.</summary>
    public required int Score { get; init; }

    /// <summary>The week in which it was counted.</summary>
    public required long Week { get; init; }

    /// <summary>Payers with a voice then.</summary>
    public required int Payers { get; init; }

    /// <summary>True if a job ended that is not counted yet.</summary>
    public required bool Pending { get; init; }

    /// <summary>True if it had bonded enough on the chain when that was last asked.</summary>
    public required bool Bonded { get; init; }

    /// <summary>True while its offers count for few jobs at once.</summary>
    public required bool Probation { get; init; }

    /// <summary>What is counted, by payer.</summary>
    public required IReadOnlyList<PayerMarks> Marks { get; init; }

    /// <summary>Cursor of the next page of payers; null = this is the last.</summary>
    public string? Next { get; init; }
}
