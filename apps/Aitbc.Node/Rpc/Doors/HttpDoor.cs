using System.Buffers;
using System.Globalization;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aitbc.Node.Rpc.Doors;

/// <summary>
/// JSON-RPC over HTTP POST. Errors of JSON-RPC are HTTP 200; only a body that is too long is 413, one that HTTP does
/// not frame is 400, and a caller all of whose requests came too often gets 429.
/// </summary>
internal sealed class HttpDoor(RpcServer server, ClientBudgets clients, NodeOptions options)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBody;
        using var answer = new Answer(options.MaxResponse);
        try
        {
            await AnswerAsync(http, answer).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            http.Response.StatusCode = e.StatusCode;
            if (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
                server.TooLarge(answer);
            else
                answer.Error(default, RpcError.InvalidRequest("the body is not framed as HTTP has it"));
        }

        if (answer.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer.Written, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext http, Answer answer)
    {
        var body = await ReadAsync(http).ConfigureAwait(false);
        try
        {
            var caller = new RpcCaller(clients.Of(http.Connection.RemoteIpAddress), Subscriber: null);
            var retryAfter = await server.AnswerAsync(body, caller, answer, http.RequestAborted).ConfigureAwait(false);
            if (retryAfter is { } wait)
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter =
                    Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    // The bytes stay where they were received: they are given back once they are answered.
    private static async Task<ReadOnlySequence<byte>> ReadAsync(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted).ConfigureAwait(false);
            if (read.IsCompleted)
                return read.Buffer;
            http.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
