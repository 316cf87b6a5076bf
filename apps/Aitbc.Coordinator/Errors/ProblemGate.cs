using System.Globalization;
using System.Text.Json;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aitbc.Coordinator.Errors;

/// <summary>The one place where whatever goes wrong becomes an HTTP problem.</summary>
internal sealed class ProblemGate(ILogger<ProblemGate> log)
{
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode >= 400)
                await WriteAsync(http, OfStatus(http.Response.StatusCode));
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, ProblemOf(failure));
        }
    }

    private AitbcProblem ProblemOf(Exception failure)
    {
        switch (failure)
        {
            case AitbcException refusal:
                return refusal.Problem;
            case BadHttpRequestException bad:
                return Refusal.Of(bad.StatusCode, CodeOf(bad.StatusCode), SentenceOf(bad)).Problem;
            case ChainUnavailableException or RpcException:
                log.LogWarning("The node did not help: {Reason}", failure.Message);
                return Refusal.Of(
                    503, ProblemCodes.ChainUnavailable, "The node does not answer.", "Try again.", true).Problem;
            case DbUpdateException or PostgresException when failure.GetBaseException() is PostgresException
            {
                SqlState: PostgresErrorCodes.CharacterNotInRepertoire,
            }:
                return Refusal.Invalid("A text has a character that cannot be kept.").Problem;
            default:
                log.LogError(failure, "A request failed.");
                return Refusal.Of(
                    500, ProblemCodes.Internal, "The coordinator failed; its log says more.", null, true).Problem;
        }
    }

    // Words of the framework name types of this program.
    private static string SentenceOf(BadHttpRequestException bad) => bad switch
    {
        { InnerException: JsonException } => "The body is not the JSON that this endpoint takes.",
        _ when bad.Message.Contains("parameter", StringComparison.Ordinal) =>
            "The body is missing, or a part of the address has not the form that it must have.",
        _ => bad.Message,
    };

    private static AitbcProblem OfStatus(int status) => Refusal.Of(
        status,
        CodeOf(status),
        status switch
        {
            404 => "There is no such endpoint.",
            405 => "The endpoint does not take this method.",
            415 => "The endpoint takes another media type.",
            _ => "The request cannot be served.",
        },
        "See GET /openapi/v1.json.").Problem;

    private static string CodeOf(int status) => status switch
    {
        404 => ProblemCodes.NotFound,
        405 => ProblemCodes.MethodNotAllowed,
        413 => ProblemCodes.BodyTooLarge,
        415 => ProblemCodes.UnsupportedMediaType,
        _ => ProblemCodes.InvalidRequest,
    };

    private static Task WriteAsync(HttpContext http, AitbcProblem problem)
    {
        http.Response.StatusCode = problem.Status;
        if (problem.Status == 401)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        if (problem.RetryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return http.Response.WriteAsJsonAsync(
            problem, ProblemJson.Default.AitbcProblem, AitbcProblem.MediaType, http.RequestAborted);
    }
}
