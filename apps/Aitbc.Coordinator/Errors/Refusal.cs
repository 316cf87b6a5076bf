using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Errors;

/// <summary>Makes the problems of the coordinator. None of its requests moves money by itself.</summary>
internal static class Refusal
{
    public static AitbcException Of(
        int status, string code, string detail, string? next = null, bool retryable = false, bool charged = false) =>
        new(new AitbcProblem
        {
            Status = status,
            Code = code,
            Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            Detail = detail,
            Next = next,
            Retryable = retryable,
            Charged = charged,
        });

    /// <summary>429, with the seconds after which there is room again.</summary>
    public static AitbcException Limited(string detail, string next, TimeSpan wait) => new(
        Of(429, ProblemCodes.RateLimited, detail, next, retryable: true).Problem with
        {
            RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
        });

    public static AitbcException Invalid(string detail, string? next = null) =>
        Of(400, ProblemCodes.InvalidRequest, detail, next);

    public static AitbcException NoJob(Hash256 id) => Of(
        404, ProblemCodes.JobNotFound, $"You have no job {id}.", "List your jobs with GET /v1/jobs.");

    public static AitbcException NoProvider(Address address) => Of(
        404, ProblemCodes.ProviderNotFound, $"{address} is not registered.", "Register with POST /v1/providers.");

    public static AitbcException Starting() => Of(
        503,
        ProblemCodes.Starting,
        "The coordinator has not reached its wallet and node yet.",
        "Try again in a moment.",
        retryable: true);
}
