using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.Rpc;

/// <summary>What is sent back for a message.</summary>
internal static class RpcAnswers
{
    public static IResult Result(JsonElement id, JsonNode result) => Answer(200, id, "result", result);

    public static IResult Refused(RpcRefusedException refused, JsonElement? id = null)
    {
        var error = new JsonObject { ["code"] = refused.Code, ["message"] = refused.Message };
        if (refused.Details is { } details)
            error["data"] = details;
        return Answer(refused.Status, refused.Id ?? id, "error", error);
    }

    private static IResult Answer(int status, JsonElement? id, string name, JsonNode value)
    {
        var answer = new JsonObject { ["jsonrpc"] = "2.0" };
        if (id is { } known)
            answer["id"] = JsonValue.Create(known);
        answer[name] = value;
        return Results.Text(answer.ToJsonString(), "application/json", statusCode: status);
    }
}
