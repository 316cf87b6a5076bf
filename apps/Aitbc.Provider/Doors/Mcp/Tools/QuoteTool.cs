using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What a chat costs at most, before it is bought.</summary>
internal sealed class QuoteTool(ChatOrders orders) : IMcpTool
{
    public string Name => "quote";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Says what a chat with these arguments costs at most, in atto-AIT, and the prices it is counted by. Free.",
        ToolSchemas.Chat);

    public async Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var (order, chat) = await orders.ReadAsync(call.Arguments, cancel);
        return ToolResults.Of(new JsonObject
        {
            ["model"] = order.Model.Name,
            ["promptPrice"] = order.Model.Price.Of(1, 0).ToString(),
            ["outputPrice"] = order.Model.Price.Of(0, 1).ToString(),
            ["mostPromptTokens"] = chat.WorstPromptTokens,
            ["mostOutputTokens"] = chat.MaxOutputTokens,
            ["total"] = order.Meter.Cap.ToString(),
        });
    }
}
