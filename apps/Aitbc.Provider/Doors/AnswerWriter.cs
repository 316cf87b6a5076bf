using System.Buffers;
using Aitbc.Provider.Answers;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors;

/// <summary>Sends an answer to one reader, from an event on and as it is made.</summary>
internal static class AnswerWriter
{
    public const string IdHeader = "X-Aitbc-Answer";

    public static async Task WriteAsync(HttpContext http, LiveAnswer answer, AnswerHead head, int from = 0)
    {
        using var reading = answer.Read();
        var response = http.Response;
        response.ContentType = head.MediaType;
        response.Headers[IdHeader] = answer.Id;
        response.Headers["x-request-id"] = answer.Id;
        response.Headers[X402Headers.Response] = head.PaymentResponse;
        response.Headers.CacheControl = head.IsStream ? "no-cache, private" : "private";
        response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            // Who comes back to an answer that rests shall know at once that it is there.
            if (answer.Count <= from)
                await response.Body.FlushAsync(http.RequestAborted);
            while (await reading.NextAsync(from, http.RequestAborted) is { } events)
            {
                foreach (var data in events)
                    response.BodyWriter.Write(data.Span);
                await response.BodyWriter.FlushAsync(http.RequestAborted);
                from += events.Count;
                reading.Given(from);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left; it may come back for the rest.
        }
    }
}
