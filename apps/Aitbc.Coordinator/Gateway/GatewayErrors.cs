using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Coordinator.Gateway;

/// <summary>A refusal of the gateway. What it charged is true, false, or null: nobody knows yet.</summary>
internal sealed record GatewayProblem(
    int Status, string Code, string Sentence, bool IsRetryable, bool? Charged = false, string? Next = null)
{
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>Refusals in the form that OpenAI's clients read, with what the market adds to each.</summary>
internal sealed class GatewayErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        try
        {
            return await next(context);
        }
        catch (AitbcException refusal) when (!http.Response.HasStarted)
        {
            var problem = refusal.Problem;
            await WriteAsync(http, new GatewayProblem(
                problem.Status, problem.Code, problem.Detail, problem.Retryable, problem.Charged, problem.Next)
            {
                RetryAfter = problem.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            });
        }
        catch (BadHttpRequestException bad) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, new GatewayProblem(
                bad.StatusCode,
                bad.StatusCode == 413 ? ProblemCodes.BodyTooLarge : ProblemCodes.InvalidRequest,
                "The request cannot be read.",
                false));
        }

        return Results.Empty;
    }

    public static async Task WriteAsync(HttpContext http, GatewayProblem problem)
    {
        var response = http.Response;
        response.StatusCode = problem.Status;
        // Its clients ask again on their own after 409, 429 and 5xx; that helps only where this says so.
        response.Headers["x-should-retry"] = problem.IsRetryable && problem.Charged == false ? "true" : "false";
        if (problem.RetryAfter is { } after)
            response.Headers.RetryAfter =
                Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        response.ContentType = "application/json";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, problem);
            json.WriteEndObject();
        }

        await response.StartAsync(http.RequestAborted);
        await response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    /// <summary>The member <c>error</c>.</summary>
    public static void Write(Utf8JsonWriter json, GatewayProblem problem, Action<Utf8JsonWriter>? more = null)
    {
        json.WriteStartObject("error");
        json.WriteString("message", problem.Sentence);
        json.WriteString("type", problem.Status >= 500 ? "server_error" : "invalid_request_error");
        json.WriteNull("param");
        json.WriteString("code", problem.Code);
        json.WriteBoolean("retryable", problem.IsRetryable);
        if (problem.Charged is { } charged)
            json.WriteBoolean("charged", charged);
        else
            json.WriteNull("charged");
        json.WriteString("next", problem.Next);
        more?.Invoke(json);
        json.WriteEndObject();
    }
}
