using System.Text.Json.Nodes;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What is sold, and at which prices.</summary>
internal sealed class ModelsTool(ModelShelf shelf, ProviderSelf self) : IMcpTool
{
    public string Name => "models";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name, "Lists the models on sale here with their prices in atto-AIT a token. Free.", ToolSchemas.Nothing);

    public async Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var models = await shelf.AllAsync(cancel);
        return ToolResults.Of(new JsonObject
        {
            ["provider"] = self.Identity?.Address.ToString(),
            ["models"] = new JsonArray([.. models.Select(m => (JsonNode)new JsonObject
            {
                ["name"] = m.Name,
                ["engine"] = m.Source.Engine,
                ["promptPrice"] = m.Price.Of(1, 0).ToString(),
                ["outputPrice"] = m.Price.Of(0, 1).ToString(),
                ["mostOutputTokens"] = m.Source.Limits.MaxOutputTokens,
                ["digest"] = m.State.Digest,
                ["warm"] = m.State.Warm,
            })]),
        });
    }
}
