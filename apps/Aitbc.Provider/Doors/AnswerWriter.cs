using System.Buffers;
using Aitbc.Provider.Answers;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors;

/// <summary>Sends an answer to one reader, from an event on and as it is made.</summary>
internal static class AnswerWriter
{
    /// <summary>An event and its number in the words of a door.</summary>
    public delegate ReadOnlyMemory<byte> Say(ReadOnlyMemory<byte> data, int number);

    public const string IdHeader = "X-Aitbc-Answer";

    public static Task WriteAsync(HttpContext http, LiveAnswer answer, AnswerHead head, int from = 0) =>
        WriteAsync(http, answer, head, head.MediaType, from, null);

    /// <param name="http">The request.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="head">The head of the answer.</param>
    /// <param name="mediaType">Content type as this door gives it.</param>
    /// <param name="from">Number of the first event that is wanted.</param>
    /// <param name="say">An event and its number in the words of the door; null = as it is kept.</param>
    public static Task WriteAsync(
        HttpContext http, LiveAnswer answer, AnswerHead head, string mediaType, int from, Say? say)
    {
        Begin(http, answer.Id, mediaType, head.IsStream);
        http.Response.Headers[X402Headers.Response] = head.PaymentResponse;
        return FollowAsync(http, answer, from, say);
    }

    /// <summary>Headers of every answer.</summary>
    public static void Begin(HttpContext http, string id, string mediaType, bool isStream)
    {
        var response = http.Response;
        response.ContentType = mediaType;
        response.Headers[IdHeader] = id;
        response.Headers["x-request-id"] = id;
        response.Headers.CacheControl = isStream ? "no-cache, private" : "private";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>The events from a number on, as they are made.</summary>
    public static async Task FollowAsync(HttpContext http, LiveAnswer answer, int from, Say? say)
    {
        using var reading = answer.Read();
        var response = http.Response;
        try
        {
            // Who comes back to an answer that rests shall know at once that it is there.
            if (answer.Count <= from)
                await response.Body.FlushAsync(http.RequestAborted);
            while (await reading.NextAsync(from, http.RequestAborted) is { } events)
            {
                for (var i = 0; i < events.Count; i++)
                    response.BodyWriter.Write((say is null ? events[i] : say(events[i], from + i)).Span);
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
