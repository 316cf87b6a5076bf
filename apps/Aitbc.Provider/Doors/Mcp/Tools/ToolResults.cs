using System.Text.Json.Nodes;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>Results of tools, the same for all of them.</summary>
internal static class ToolResults
{
    public const string ResponseKey = "x402/payment-response";

    /// <summary>An object, for programs and as text.</summary>
    public static JsonObject Of(JsonObject value) => Of(value, value.ToJsonString());

    public static JsonObject Of(JsonObject value, string text) => new()
    {
        ["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
        ["structuredContent"] = value,
    };

    /// <summary>
    /// What was not done. With 402 it is the offer itself, where clients of x402 look for it: in the object and in
    /// the text.
    /// </summary>
    public static JsonObject Refused(SaleRefusedException refused, ToolCallRequest call)
    {
        var result = Of(refused.Required is { } offer ? Decode(offer) : Problem(refused, call));
        result["isError"] = true;
        if (refused.Response is { } response)
            result["_meta"] = new JsonObject { [ResponseKey] = Decode(response) };
        return result;
    }

    public static JsonObject Problem(SaleRefusedException refused, ToolCallRequest call) =>
        RefusalProblem.Of(refused, call.IsTransfer, "Call models for what is sold here.");

    /// <summary>The JSON of a value of a header of x402.</summary>
    public static JsonObject Decode(string header) =>
        JsonNode.Parse(Convert.FromBase64String(header))!.AsObject();
}
