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

    public static JsonObject Problem(SaleRefusedException refused, ToolCallRequest call)
    {
        // A transfer may be on the chain when the answer breaks; it stays good for the same call.
        var isOwed = call.IsTransfer && refused.Status >= 500;
        var mayAgain = refused.RetryAfter is not null || refused.Status == 502;
        var problem = new JsonObject
        {
            ["code"] = refused.Code,
            ["message"] = refused.Message,
            ["retryable"] = mayAgain,
            ["charged"] = isOwed ? null : "0",
            ["next"] = Next(refused, isOwed, mayAgain),
        };
        if (refused.RetryAfter is { } after)
            problem["retryAfterSeconds"] = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds));
        return problem;
    }

    /// <summary>The JSON of a value of a header of x402.</summary>
    public static JsonObject Decode(string header) =>
        JsonNode.Parse(Convert.FromBase64String(header))!.AsObject();

    private static string Next(SaleRefusedException refused, bool isOwed, bool mayAgain)
    {
        if (isOwed)
            return "Send the same call with the same payment again: a transfer is charged once, whatever broke.";
        if (refused.Code == SaleRefusedException.ModelNotFound)
            return "Call models for what is sold here.";
        return mayAgain ? "Send the same call again after a while." : "Change the call as the message says.";
    }
}
