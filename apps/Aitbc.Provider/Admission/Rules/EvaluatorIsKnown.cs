using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 6: whoever judges the result is somebody whom this provider accepts.</summary>
internal sealed class EvaluatorIsKnown : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) =>
        !job.Me.Evaluators.Contains(job.Escrow!.Evaluator)
            ? new(
                ProblemCodes.PaymentWrongTerms,
                $"The evaluator {job.Escrow.Evaluator} is not one that this provider accepts.",
                "Fund a new job with the evaluator of the quote.")
            : null;
}
