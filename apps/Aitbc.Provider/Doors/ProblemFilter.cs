using Aitbc.Provider.Errors;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors;

/// <summary>The one place where refusals become HTTP answers.</summary>
internal sealed class ProblemFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (AitbcException refusal)
        {
            return Problem(refusal.Problem);
        }
        catch (BadHttpRequestException bad)
        {
            var code = bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? ProblemCodes.BodyTooLarge : ProblemCodes.InvalidRequest;
            return Problem(Refusals.Of(code, bad.StatusCode, "The request cannot be read.").Problem);
        }
    }

    private static IResult Problem(AitbcProblem problem) =>
        Results.Json(problem, ProblemJson.Default.AitbcProblem, AitbcProblem.MediaType, problem.Status);
}
