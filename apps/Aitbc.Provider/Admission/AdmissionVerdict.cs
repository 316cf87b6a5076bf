using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Admission;

/// <summary>A refusal: a code of the closed list, a sentence, and what the client can do.</summary>
internal sealed record AdmissionRefusal(string Code, string Detail, string? Next = null, bool Retryable = false)
{
    /// <summary>
    /// 402 where paying helps, 409 where this request contradicts something that stands, 503 for later.
    /// </summary>
    public int Status => Code switch
    {
        ProblemCodes.PaymentUsed or ProblemCodes.PaymentWrongTerms => 409,
        _ => 402,
    };
}

/// <summary>One reason not to run a job; null means that this rule has nothing against it.</summary>
internal interface IAdmissionRule
{
    AdmissionRefusal? Refuse(AdmissionCase job);
}
