using Aitbc.Provider.Doors.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors.Mcp;

/// <summary>The door for agents: MCP over HTTP, one message for one answer (specs/provider/mcp.md).</summary>
internal static class McpDoor
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/mcp", AnswerAsync);

    private static async Task<IResult> AnswerAsync(HttpContext http, McpServer server)
    {
        try
        {
            CheckOrigin(http.Request);
            var message = McpMessage.Of(await RpcMessage.ReadAsync(http));
            if (message.Id is not { } id)
                return Results.StatusCode(StatusCodes.Status202Accepted);
            var result = await server.AnswerAsync(
                message, McpVersions.IsModern(http.Request, message), http.RequestAborted);
            return RpcAnswers.Result(id, result);
        }
        catch (RpcRefusedException refused)
        {
            return RpcAnswers.Refused(refused);
        }
        catch (BadHttpRequestException bad)
        {
            var refused = PaidBody.Refusal(bad)!;
            return RpcAnswers.Refused(
                new RpcRefusedException(refused.Status, RpcRefusedException.InvalidRequest, refused.Message));
        }
    }

    /// <summary>
    /// A page of a browser may ask only if it came from this machine: else any site could use a provider that only its
    /// owner can reach. The host that a request names proves nothing: a name of a site can lead to this machine.
    /// </summary>
    private static void CheckOrigin(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0)
            return;
        var isOwn = origins.Count == 1 && Uri.TryCreate(origins[0], UriKind.Absolute, out var origin)
            && origin.Scheme is "http" or "https" && origin.IsLoopback;
        if (!isOwn)
            throw new RpcRefusedException(
                403, RpcRefusedException.InvalidRequest, "Pages of that origin may not ask here.");
    }
}
