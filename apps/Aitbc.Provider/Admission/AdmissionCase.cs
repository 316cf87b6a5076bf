using Aitbc.Primitives;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Admission;

/// <summary>
/// Everything that the rules look at, gathered before they run: what the client presents, what this provider demands,
/// and what the chain itself says. No rule asks anybody else.
/// </summary>
internal sealed record AdmissionCase
{
    public required JobTerms Terms { get; init; }

    public required JobSpec Spec { get; init; }

    /// <summary>The escrow's job of this job id; null when there is none.</summary>
    public required EscrowJob? Escrow { get; init; }

    /// <summary>What the re-execution hook holds of it; null when the terms or the escrow's job have none.</summary>
    public Dispute? Dispute { get; init; }

    /// <summary>
    /// The hash of the terms that the coordinator made for this job; null when it was not asked, or has none.
    /// </summary>
    public Hash256? Ordered { get; init; }

    /// <summary>The version of the engine that would run it.</summary>
    public required string EngineVersion { get; init; }

    public required ProviderIdentity Me { get; init; }

    /// <summary>The most units that the specification allows.</summary>
    public required ulong WorstCaseUnits { get; init; }

    /// <summary>This provider's own unit price now.</summary>
    public required Offers.UnitPrice MyPrice { get; init; }

    /// <summary>What this provider promises for this engine now; null = nothing.</summary>
    public required JobLevel? MyLevel { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// Time that must remain until the escrow can be refunded: the longest execution and the submission.
    /// </summary>
    public required TimeSpan ExpiryMargin { get; init; }
}
