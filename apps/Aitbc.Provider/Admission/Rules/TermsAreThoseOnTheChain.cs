using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 8: the hash that the client funded is the hash of the terms presented, recomputed here.</summary>
internal sealed class TermsAreThoseOnTheChain : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) => job.Escrow!.Terms != job.Terms.Hash()
        ? new(
            ProblemCodes.PaymentWrongTerms,
            $"The terms hash to {job.Terms.Hash()}; {job.Escrow.Terms} was funded.",
            "Send the terms that were funded.")
        : null;
}
