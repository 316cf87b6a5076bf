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
