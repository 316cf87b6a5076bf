using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 5: the budget is in AIT and in no other token.</summary>
internal sealed class TokenIsAit : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job) => job.Escrow!.PaymentToken != job.Me.Token
        ? new(
            ProblemCodes.PaymentWrongTerms,
            $"The payment is in token {job.Escrow.PaymentToken}; this provider takes {job.Me.Token}.",
            "Fund a new job in AIT.")
        : null;
}
