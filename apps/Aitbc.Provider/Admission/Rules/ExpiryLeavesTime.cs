using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 4: the payment does not expire before the longest execution could be submitted.</summary>
internal sealed class ExpiryLeavesTime : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        // The margin is added to the clock, since an expiry far in the future is no date.
        var needed = (ulong)(job.Now + job.ExpiryMargin).ToUnixTimeSeconds();
        return job.Escrow!.ExpiredAt < needed
            ? new(
                ProblemCodes.PaymentExpired,
                $"The payment expires at {job.Escrow.ExpiredAt}; this provider needs it until {needed}.",
                "Fund a new job with a later expiry.")
            : null;
    }
}
