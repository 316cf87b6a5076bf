using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Programs;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What a chat or a run costs at most, before it is bought.</summary>
internal sealed class QuoteTool(ChatOrders chats, ProgramOrders programs) : IMcpTool
{
    public string Name => "quote";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Says what a chat or a run with these arguments costs at most, in atto-AIT, and the prices it is counted by. "
            + "Free.",
        ToolSchemas.Quote);

    public async Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel) =>
        ToolResults.Of(ProgramOrders.IsMeant(call.Arguments) ? Run(call.Arguments) : await ChatAsync(call, cancel));

    private JsonObject Run(JsonElement arguments)
    {
        var (order, engine, most) = RunTool.Read(programs, arguments);
        return new JsonObject
        {
            ["engine"] = engine.Name,
            ["version"] = engine.Version,
            ["unit"] = engine.UnitKind,
            ["price"] = engine.Offer.Price.Price.ToString(),
            ["unitsPer"] = engine.Offer.Price.Per,
            ["mostUnits"] = most,
            ["total"] = order.Meter.Cap.ToString(),
        };
    }

    private async Task<JsonObject> ChatAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var (order, chat, model) = await chats.ReadAsync(call.Arguments, cancel);
        return new JsonObject
        {
            ["model"] = model.Name,
            ["promptPrice"] = model.Price.Of(1, 0).ToString(),
            ["outputPrice"] = model.Price.Of(0, 1).ToString(),
            ["mostPromptTokens"] = chat.WorstPromptTokens,
            ["mostOutputTokens"] = chat.MaxOutputTokens,
            ["total"] = order.Meter.Cap.ToString(),
        };
    }
}
