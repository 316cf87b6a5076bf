using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>Rule 7: the terms name this chain, this escrow and this provider, and the client who paid.</summary>
internal sealed class TermsAreForThisNetwork : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        var terms = job.Terms;
        var wrong = terms.ChainId != job.Me.ChainId ? "chain"
            : terms.Escrow != job.Me.EscrowContract ? "escrow"
            : terms.Provider != job.Me.Address ? "provider"
            : terms.Client != job.Escrow!.Client ? "client"
            : null;
        return wrong is null
            ? null
            : new(
                ProblemCodes.PaymentWrongTerms, $"The terms name another {wrong}.", "Send the terms that were funded.");
    }
}
