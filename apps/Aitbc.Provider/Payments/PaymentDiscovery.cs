using System.Text;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Payments;

/// <summary>
/// What a paid endpoint takes and gives, as the extension <c>bazaar</c> of x402 says it: an agent that finds the
/// endpoint by its price can call it without reading anything else (specs/provider/payments.md, "Discovery").
/// </summary>
internal static class PaymentDiscovery
{
    private static readonly Dictionary<string, byte[]> ByPath = new(StringComparer.Ordinal)
    {
        ["/v1/chat/completions"] = Of("messages", Messages(), "chat.completion"),
        ["/v1/responses"] = Of("input", "Name three rivers.", "response"),
        ["/v1/embeddings"] = Of("input", "three rivers", "list"),
        ["/api/chat"] = Of("messages", Messages(), "application/x-ndjson"),
        ["/api/generate"] = Of("prompt", "Name three rivers.", "application/x-ndjson"),
        ["/api/embed"] = Of("input", "three rivers", "application/json"),
    };

    /// <summary>The value of <c>extensions</c> as JSON in UTF-8; null for what is no endpoint of its own.</summary>
    public static byte[]? Find(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var place) && place.Fragment.Length == 0
            ? ByPath.GetValueOrDefault(place.AbsolutePath) : null;

    private static JsonArray Messages() =>
        [new JsonObject { ["role"] = "user", ["content"] = "Name three rivers." }];

    private static byte[] Of(string asked, JsonNode example, string format) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["bazaar"] = new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["input"] = new JsonObject
                {
                    ["type"] = "http",
                    ["method"] = "POST",
                    ["bodyType"] = "json",
                    ["body"] = new JsonObject { ["model"] = "qwen3:8b", [asked] = example },
                },
                ["output"] = new JsonObject { ["type"] = "json", ["format"] = format },
            },
            ["schema"] = new JsonObject
            {
                ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["input"] = Input(asked, example is JsonArray ? "array" : "string"),
                    ["output"] = new JsonObject { ["type"] = "object" },
                },
                ["required"] = new JsonArray("input"),
            },
        },
    }.ToJsonString());

    private static JsonObject Input(string asked, string type) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["const"] = "http" },
            ["method"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("POST") },
            ["bodyType"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("json") },
            ["body"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["model"] = new JsonObject { ["type"] = "string" },
                    [asked] = new JsonObject { ["type"] = type },
                },
                ["required"] = new JsonArray("model", asked),
            },
        },
        ["required"] = new JsonArray("type", "method", "bodyType", "body"),
    };
}
