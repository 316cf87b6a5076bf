using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>
/// Rule 8: the hash that the client funded is the hash of the terms presented, recomputed here; and the escrow settles
/// by these terms: after their window, and with the hook of a committee only if they name one.
/// </summary>
internal sealed class TermsAreThoseOnTheChain : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        if (job.Escrow!.Terms != job.Terms.Hash())
        {
            return new(
                ProblemCodes.PaymentWrongTerms,
                $"The terms hash to {job.Terms.Hash()}; {job.Escrow.Terms} was funded.",
                "Send the terms that were funded.");
        }

        var hook = job.Terms.Reexecution is null ? Address.Zero : SystemContractAddresses.ReexecutionHook;
        return job.Escrow.EvaluationWindow != job.Terms.EvaluationWindow || job.Escrow.Hook != hook
            ? new(
                ProblemCodes.PaymentWrongTerms,
                $"The escrow settles after {job.Escrow.EvaluationWindow} s with the hook {job.Escrow.Hook}; the terms"
                + $" say {job.Terms.EvaluationWindow} s and {hook}.",
                "Fund a job that settles as its terms say.")
            : null;
    }
}
