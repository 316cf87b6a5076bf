using Aitbc.Provider.Offers;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 11: what the escrow holds pays for the most that the specification allows.</summary>
internal sealed class BudgetCoversTheWorstCase : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        var worst = job.Terms.Price().Charge(job.WorstCaseUnits);
        return job.Escrow!.Budget < worst
            ? new(
                ProblemCodes.PaymentInsufficient,
                $"The escrow holds {job.Escrow.Budget} atto-AIT; the limits of this job can cost {worst}.",
                "Fund a new job with a larger budget or lower limits.")
            : null;
    }
}
