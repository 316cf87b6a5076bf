using System.Text.Json;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Aitbc.Wallet.Errors;

/// <summary>Writes a refusal as application/problem+json: the one place where verdicts become HTTP.</summary>
internal static class ProblemWriter
{
    public static async Task WriteAsync(HttpContext http, Refusal refusal)
    {
        var problem = new AitbcProblem
        {
            Status = refusal.Status,
            Title = ReasonPhrases.GetReasonPhrase(refusal.Status),
            Code = refusal.Code,
            Detail = refusal.Detail,
            Retryable = refusal.Retryable,
            Charged = false, // the wallet never takes money
            Next = refusal.Next,
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(problem, ProblemJson.Default.AitbcProblem);
        http.Response.StatusCode = refusal.Status;
        http.Response.ContentType = AitbcProblem.MediaType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
