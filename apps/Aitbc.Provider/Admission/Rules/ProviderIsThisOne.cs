using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 2: the payment names this provider.</summary>
internal sealed class ProviderIsThisOne : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) => job.Escrow!.Provider != job.Me.Address
        ? new(
            ProblemCodes.PaymentForeignProvider,
            $"The payment is for provider {job.Escrow.Provider}, and this one is {job.Me.Address}.",
            "Send the job to the provider that is paid for it.")
        : null;
}
