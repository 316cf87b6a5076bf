using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>
/// Rule 13: of a job with a committee, the terms are those that the coordinator itself made, since choosing it is
/// choosing whom it names; the chain has that committee, bond, fee and time; and the engine is the version agreed.
/// </summary>
internal sealed class DisputesAreAsAgreed : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        if (job.Terms.Reexecution is not { } agreed)
            return null;
        if (job.Ordered != job.Terms.Hash())
            return new(
                ProblemCodes.PaymentWrongTerms,
                "The committee was not named by the coordinator of this provider, as far as that answers.",
                "Order the job through its coordinator.",
                Retryable: job.Ordered is null);
        if (job.Dispute?.HasTermsOf(agreed) != true)
            return new(
                ProblemCodes.PaymentWrongTerms,
                "The escrow has another committee, bond, fee or time to vote than the terms.",
                "Fund a job that is disputed as its terms say.");
        return agreed.EngineVersion != job.EngineVersion
            ? new(
                ProblemCodes.PaymentWrongTerms,
                $"The terms are for {agreed.EngineVersion}; this provider has {job.EngineVersion} now.",
                "Ask for a new quote.")
            : null;
    }
}
