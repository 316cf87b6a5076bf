using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 9: the terms are about the specification presented, and for its engine.</summary>
internal sealed class TermsAreForThisSpec : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) =>
        job.Terms.SpecHash != job.Spec.Hash() || job.Terms.Engine != job.Spec.Engine
            ? new(
                ProblemCodes.PaymentWrongTerms,
                "The terms are about another specification than the one sent.",
                "Send the specification that was quoted.")
            : null;
}
