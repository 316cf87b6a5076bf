using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>
/// Reads requests of the Responses API (specs/provider/doors.md). Throws <see cref="FormatException"/> with a sentence,
/// or what the readers of JSON throw.
/// </summary>
internal static class ResponsesRequests
{
    // What would need answers of earlier requests: nothing is kept here for who does not pay for it.
    private static readonly string[] Stateful = ["previous_response_id", "conversation", "prompt"];

    public static ChatCall Read(JsonElement body, ModelLimits limits)
    {
        if (Array.Find(Stateful, name => body.Member(name) is not null) is { } state)
            throw new FormatException($"{state} is not served: send the whole conversation as input.");
        if (body.Bool("background") == true)
            throw new FormatException("background is not served.");
        var turns = Turns(body.Member("input") ?? throw new FormatException("The input is missing."));
        if (body.Text("instructions") is { Length: > 0 } instructions)
            turns.Insert(0, new ChatTurn("system", instructions));
        return new ChatCall
        {
            Model = body.Text("model") ?? throw new FormatException("The model is missing."),
            Turns = turns,
            MaxOutputTokens = body.Int("max_output_tokens") ?? limits.MaxOutputTokens,
            Temperature = body.Double("temperature"),
            TopP = body.Double("top_p"),
            Format = Format(body.Member("text")?.Member("format")),
            Think = body.Member("reasoning")?.Text("effort") is { } effort ? effort != "none" : null,
            Tools = body.Member("tools") is { } tools ? Tools(tools) : null,
            ToolChoice = body.Member("tool_choice") is { } choice ? Choice(choice) : null,
        };
    }

    private static List<ChatTurn> Turns(JsonElement input) => input.ValueKind == JsonValueKind.String
        ? [new ChatTurn("user", input.GetString()!)]
        : [.. input.EnumerateArray().Select(Turn).OfType<ChatTurn>()];

    // A thought of an earlier answer is no part of the conversation.
    private static ChatTurn? Turn(JsonElement item) => (item.Text("type") ?? "message") switch
    {
        "message" => Message(item),
        "function_call" => new ChatTurn("assistant", "")
        {
            ToolCalls = [new ToolCall(
                item.Text("call_id") ?? "", item.Text("name") ?? "",
                item.Text("arguments") is { Length: > 0 } arguments ? arguments : "{}")],
        },
        "function_call_output" => new ChatTurn("tool", Output(item)) { ToolCallId = item.Text("call_id") },
        "reasoning" => null,
        _ => throw new FormatException("An item is a message, function_call, function_call_output or reasoning."),
    };

    private static ChatTurn Message(JsonElement item)
    {
        var role = item.Text("role") ?? throw new FormatException("A message has no role.");
        var content = item.Member("content") ?? throw new FormatException("A message has no content.");
        if (role == "developer")
            role = "system";
        if (content.ValueKind == JsonValueKind.String)
            return new ChatTurn(role, content.GetString()!);
        var texts = new List<string>();
        var images = new List<ReadOnlyMemory<byte>>();
        foreach (var part in content.EnumerateArray())
        {
            switch (part.Text("type"))
            {
                case "input_text" or "output_text":
                    texts.Add(part.Text("text") ?? "");
                    break;
                case "refusal":
                    texts.Add(part.Text("refusal") ?? "");
                    break;
                case "input_image":
                    images.Add(OpenAiRequests.Picture(part.Text("image_url") ?? ""));
                    break;
                default:
                    throw new FormatException("A part of a message is an input_text, output_text or input_image.");
            }
        }

        return new ChatTurn(role, string.Join('\n', texts)) { Images = images };
    }

    private static string Output(JsonElement item) => item.Member("output") switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { } parts => string.Join('\n', parts.EnumerateArray().Select(p => p.Text("text") ?? "")),
    };

    private static JsonElement? Format(JsonElement? format) => format?.Text("type") switch
    {
        "json_object" => JsonSerializer.SerializeToElement("json", DoorJson.Default.String),
        "json_schema" => format!.Value.GetProperty("schema"),
        "text" or null => null,
        _ => throw new FormatException("text.format is text, json_object or json_schema."),
    };

    /// <summary>Here functions are flat; servers of models know them with their members one level below.</summary>
    private static JsonElement Tools(JsonElement tools) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var tool in tools.EnumerateArray())
        {
            if (tool.Text("type") != "function")
                throw new FormatException("A tool is a function.");
            Nest(json, tool);
        }

        json.WriteEndArray();
    });

    private static JsonElement Choice(JsonElement choice) => choice.ValueKind == JsonValueKind.Object
        ? Write(json => Nest(json, choice)) : choice;

    private static void Nest(Utf8JsonWriter json, JsonElement flat)
    {
        json.WriteStartObject();
        json.WriteString("type", "function");
        json.WriteStartObject("function");
        foreach (var member in flat.EnumerateObject().Where(m => m.Name != "type"))
            member.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static JsonElement Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            members(json);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }
}
