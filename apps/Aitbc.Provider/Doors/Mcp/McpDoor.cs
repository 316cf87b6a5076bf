using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Selling;
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
            var message = McpMessage.Read(await JsonAsync(http));
            if (message.Id is not { } id)
                return Results.StatusCode(StatusCodes.Status202Accepted);
            var result = await server.AnswerAsync(
                message, McpVersions.IsModern(http.Request, message), http.RequestAborted);
            return Answer(200, id, "result", result);
        }
        catch (McpException refused)
        {
            return Refuse(refused);
        }
        catch (BadHttpRequestException bad)
        {
            var refused = PaidBody.Refusal(bad)!;
            return Refuse(new McpException(refused.Status, McpException.InvalidRequest, refused.Message));
        }
    }

    private static async Task<JsonElement> JsonAsync(HttpContext http)
    {
        var bytes = await PaidBody.BytesAsync(http);
        try
        {
            return PaidBody.Parse(bytes, "The body is no JSON.");
        }
        catch (SaleRefusedException e)
        {
            throw new McpException(400, McpException.ParseError, e.Message);
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
            throw new McpException(403, McpException.InvalidRequest, "Pages of that origin may not ask here.");
    }

    private static IResult Refuse(McpException refused)
    {
        var error = new JsonObject { ["code"] = refused.Code, ["message"] = refused.Message };
        if (refused.Details is { } details)
            error["data"] = details;
        return Answer(refused.Status, refused.Id, "error", error);
    }

    private static IResult Answer(int status, JsonElement? id, string name, JsonObject value)
    {
        var answer = new JsonObject { ["jsonrpc"] = "2.0" };
        if (id is { } known)
            answer["id"] = JsonValue.Create(known);
        answer[name] = value;
        return Results.Text(answer.ToJsonString(), "application/json", statusCode: status);
    }
}
