using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What clients are told of tools.</summary>
internal static class ToolSchemas
{
    public const string Nothing = """{"type":"object","additionalProperties":false}""";

    /// <summary>The parts of a chat that most clients use; those of OpenAI's API beyond them are read too.</summary>
    public const string Chat = """
        {"type":"object","required":["model","messages"],"properties":{
        "model":{"type":"string","description":"Name of a model, as models gives it."},
        "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role"],"properties":{
        "role":{"type":"string","enum":["system","user","assistant","tool"]},
        "content":{"description":"A text, or parts as in OpenAI's API."}}}},
        "max_tokens":{"type":"integer","minimum":1,"description":"Most tokens of the output; they bound the price."},
        "temperature":{"type":"number"},"top_p":{"type":"number"},"seed":{"type":"integer"},
        "stop":{"type":["string","array"]},"tools":{"type":"array"},"response_format":{"type":"object"}}}
        """;

    public static string Text(string name, string description) => new JsonObject
    {
        ["type"] = "object",
        ["required"] = new JsonArray(name),
        ["properties"] = new JsonObject
        {
            [name] = new JsonObject { ["type"] = "string", ["description"] = description },
        },
        ["additionalProperties"] = false,
    }.ToJsonString();

    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, for a model.</param>
    /// <param name="input">Schema of its arguments, JSON.</param>
    /// <param name="isFree">Whether it only looks; else it is paid.</param>
    public static JsonObject Describe(string name, string description, string input, bool isFree = true) => new()
    {
        ["name"] = name,
        ["description"] = description,
        ["inputSchema"] = JsonNode.Parse(input),
        ["annotations"] = new JsonObject
        {
            ["readOnlyHint"] = isFree,
            ["destructiveHint"] = false,
            ["idempotentHint"] = isFree,
            ["openWorldHint"] = !isFree,
        },
    };
}
