using Aitbc.Provider.Admission.Rules;

namespace Aitbc.Provider.Admission;

/// <summary>The rules in the order in which they are asked; specs/provider.md numbers them the same way.</summary>
internal static class AdmissionRules
{
    private static readonly IAdmissionRule[] All =
    [
        new JobIsInEscrow(),
        new ProviderIsThisOne(),
        new EscrowIsFunded(),
        new ExpiryLeavesTime(),
        new TokenIsAit(),
        new EvaluatorIsKnown(),
        new TermsAreForThisNetwork(),
        new TermsAreThoseOnTheChain(),
        new TermsAreForThisSpec(),
        new PriceIsAtLeastMine(),
        new BudgetCoversTheWorstCase(),
        new LevelIsMine(),
        new DisputesAreAsAgreed(),
    ];

    /// <summary>The first refusal, or null when the job may run.</summary>
    public static AdmissionRefusal? Refuse(AdmissionCase job)
    {
        foreach (var rule in All)
        {
            if (rule.Refuse(job) is { } refusal)
                return refusal;
        }

        return null;
    }
}
