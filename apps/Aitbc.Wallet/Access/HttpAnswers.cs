using System.Text.Json.Serialization.Metadata;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Wallet.Access;

/// <summary>The two ways to answer: JSON, or application/problem+json (RFC 9457).</summary>
internal static class HttpAnswers
{
    public static Task AnswerAsync<T>(this HttpContext http, int status, T value, JsonTypeInfo<T> type)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsJsonAsync(value, type, "application/json", http.RequestAborted);
    }

    /// <summary>Answers JSON that was written before.</summary>
    public static Task AnswerAsync(this HttpContext http, int status, byte[] json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }

    public static Task RefuseAsync(this HttpContext http, Refusal refusal)
    {
        http.Response.Headers.CacheControl = "no-store";
        return ProblemWriter.WriteAsync(http, refusal);
    }
}
