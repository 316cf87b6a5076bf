using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 3: the escrow holds the money now; it was neither released, refunded nor delivered for.</summary>
internal sealed class EscrowIsFunded : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) => job.Escrow!.Status switch
    {
        EscrowStatus.Funded => null,
        EscrowStatus.Open => new(
            ProblemCodes.PaymentRequired,
            "The job is open in the escrow but not funded.",
            "Fund it, then send it again.",
            Retryable: true),
        EscrowStatus.Submitted or EscrowStatus.Completed => new(
            ProblemCodes.PaymentUsed, "This payment was already worked for.", "Fetch the result of the job."),
        EscrowStatus.Expired => new(
            ProblemCodes.PaymentExpired, "This payment expired and was refunded.", "Fund a new job."),
        _ => new(ProblemCodes.PaymentRequired, "This payment was refunded.", "Fund a new job."),
    };
}
