using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Errors;

/// <summary>Makes the problems of this provider. None of them ever moved money.</summary>
internal static class Refusals
{
    public static AitbcException Of(
        string code, int status, string detail, bool retryable = false, string? next = null) =>
        new(new AitbcProblem
        {
            Code = code,
            Status = status,
            Title = "Refused",
            Detail = detail,
            Retryable = retryable,
            Charged = false,
            Next = next,
        });
}
