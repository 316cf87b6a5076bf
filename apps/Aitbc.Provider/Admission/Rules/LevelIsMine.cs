using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Admission.Rules;

/// <summary>
/// Rule 12: the escrow holds this provider to the level of the terms, which is not stricter than its own, and half of
/// its time is left: whoever pays early and sends the work late would have it for the credit.
/// </summary>
internal sealed class LevelIsMine : IAdmissionRule
{
    public AdmissionRefusal? Refuse(AdmissionCase job)
    {
        var (level, held) = (job.Terms.Level, job.Escrow!.Level);
        if (!JobLevel.IsHeld(level, held))
            return new(
                ProblemCodes.PaymentWrongTerms,
                $"The escrow has the level {(held is null ? "of none" : $"of {held.Seconds} s")} with a credit of "
                + $"{held?.CreditBasisPoints ?? 0} ten-thousandths; the terms say {level?.ToString() ?? "none"}.",
                "Fund a job with the level of its terms.");
        if (level is null)
            return null;
        if (job.MyLevel is not { } mine || level.IsStricterThan(mine))
            return new(
                ProblemCodes.PaymentWrongTerms,
                $"The terms promise {level}; this provider promises {job.MyLevel?.ToString() ?? "nothing"}.",
                "Ask for a new quote.");
        return (ulong)job.Now.ToUnixTimeSeconds() + (held!.Seconds / 2) > held.DueAt
            ? new(
                ProblemCodes.PaymentExpired,
                $"The result is promised until {held.DueAt}: less than half of its {held.Seconds} s is left.",
                "Fund a new job, and send it when it is paid.")
            : null;
    }
}
