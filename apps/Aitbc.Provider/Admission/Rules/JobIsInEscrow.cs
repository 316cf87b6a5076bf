using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 1: the escrow has a job of exactly this job id.</summary>
internal sealed class JobIsInEscrow : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) => job.Escrow is null || job.Escrow.JobKey != job.Terms.JobId
        ? new(
            ProblemCodes.PaymentRequired,
            $"The escrow {job.Me.EscrowContract} holds no payment for job {job.Terms.JobId}.",
            "Fund the job with openJob, then send it again.",
            Retryable: true)
        : null;
}
