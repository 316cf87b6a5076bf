using Aitbc.Provider.Offers;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 10: the unit price agreed is not below this provider's own.</summary>
internal sealed class PriceIsAtLeastMine : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        var agreed = job.Terms.Price();
        if (!agreed.IsSane)
            return new(
                ProblemCodes.PaymentWrongTerms, "The unit price of the terms is no price.", "Ask for a new quote.");
        return agreed < job.MyPrice
            ? new(
                ProblemCodes.PaymentInsufficient,
                $"The terms pay {agreed}; this provider asks {job.MyPrice}.",
                "Ask for a new quote.")
            : null;
    }
}
