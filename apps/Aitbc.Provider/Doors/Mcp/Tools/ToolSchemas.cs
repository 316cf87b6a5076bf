using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>What clients are told of tools.</summary>
internal static class ToolSchemas
{
    public const string Nothing = """{"type":"object","additionalProperties":false}""";

    /// <summary>The parts of a chat that most clients use; those of OpenAI's API beyond them are read too.</summary>
    public const string Chat =
        "{\"type\":\"object\",\"required\":[\"model\",\"messages\"],\"properties\":{" + ChatParts + "}}";

    private const string ChatParts = """
        "model":{"type":"string","description":"Name of a model, as models gives it."},
        "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role"],"properties":{
        "role":{"type":"string","enum":["system","user","assistant","tool"]},
        "content":{"description":"A text, or parts as in OpenAI's API."}}}},
        "max_tokens":{"type":"integer","minimum":1,"description":"Most tokens of the output; they bound the price."},
        "temperature":{"type":"number"},"top_p":{"type":"number"},"seed":{"type":"integer"},
        "stop":{"type":["string","array"]},"tools":{"type":"array"},"response_format":{"type":"object"}
        """;

    private const string RunParts = """
        "script":{"type":"string","description":"JavaScript; it finds input as text, and print(value) gives a line."},
        "module":{"type":"string","contentEncoding":"base64","description":"Or a WebAssembly command in base64."},
        "moduleHash":{"type":"string","description":"Or the Keccak-256 of a module that the provider has or gets."},
        "input":{"type":"string","description":"What the program reads."},
        "inputBase64":{"type":"string","contentEncoding":"base64","description":"The same where it is no text."},
        "args":{"type":"array","items":{"type":"string"},"description":"Arguments of a module."},
        "seed":{"type":"string","description":"Changes the chance of a script."},
        "maxStatements":{"type":"integer","minimum":1,"description":"Of a script; they bound the price."},
        "maxFuel":{"type":"integer","minimum":1,"description":"Of a module; it bounds the price."},
        "maxMemoryMib":{"type":"integer","minimum":1,"default":64}
        """;

    /// <summary>One of script, module and moduleHash, with an input and limits.</summary>
    public const string Run =
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{" + RunParts + "}}";

    /// <summary>What is asked of chat or of run.</summary>
    public const string Quote = "{\"type\":\"object\",\"properties\":{" + ChatParts + "," + RunParts + "}}";

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
