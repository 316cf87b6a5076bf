using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>
/// Reads requests as OpenAI's clients write them (specs/provider/doors.md). Throws <see cref="FormatException"/> with a
/// sentence, or what the readers of JSON throw.
/// </summary>
internal static class OpenAiRequests
{
    public static ChatCall Chat(JsonElement body, ModelLimits limits)
    {
        if (body.Int("n") is { } n and not 1)
            throw new FormatException($"There is one answer to a request, not {n}.");
        return new ChatCall
        {
            Model = body.Text("model") ?? throw new FormatException("The model is missing."),
            Turns = [.. (body.Member("messages") ?? throw new FormatException("The messages are missing."))
                .EnumerateArray().Select(Turn)],
            MaxOutputTokens = body.Int("max_completion_tokens") ?? body.Int("max_tokens") ?? limits.MaxOutputTokens,
            Seed = body.Int("seed"),
            Temperature = body.Double("temperature"),
            TopP = body.Double("top_p"),
            Stop = body.Texts("stop"),
            Format = Format(body),
            Think = body.Text("reasoning_effort") is { } effort ? effort != "none" : null,
            Tools = body.Member("tools"),
            ToolChoice = body.Member("tool_choice"),
        };
    }

    public static EmbedCall Embed(JsonElement body)
    {
        var input = body.Member("input") ?? throw new FormatException("The input is missing.");
        if (input.ValueKind == JsonValueKind.Array
            && input.EnumerateArray().Any(i => i.ValueKind != JsonValueKind.String))
            throw new FormatException("The input is a text or a list of texts, not of tokens.");
        return new EmbedCall(
            body.Text("model") ?? throw new FormatException("The model is missing."),
            body.Texts("input"),
            body.Int("dimensions"));
    }

    private static JsonElement? Format(JsonElement body)
    {
        if (body.Member("response_format") is not { } format)
            return null;
        return format.Text("type") switch
        {
            "json_object" => JsonSerializer.SerializeToElement("json", DoorJson.Default.String),
            "json_schema" => format.GetProperty("json_schema").GetProperty("schema"),
            "text" or null => null,
            _ => throw new FormatException("response_format is text, json_object or json_schema."),
        };
    }

    private static ChatTurn Turn(JsonElement message)
    {
        var role = message.Text("role") ?? throw new FormatException("A message has no role.");
        var (text, images) = Content(message.Member("content"));
        return new ChatTurn(role == "developer" ? "system" : role, text)
        {
            Images = images,
            ToolCalls = message.Member("tool_calls") is { } calls ? [.. calls.EnumerateArray().Select(Call)] : [],
            ToolCallId = message.Text("tool_call_id"),
            ToolName = role == "tool" ? message.Text("name") : null,
        };
    }

    private static ToolCall Call(JsonElement call)
    {
        var function = call.GetProperty("function");
        return new ToolCall(
            call.Text("id") ?? "", function.Text("name") ?? "",
            function.Text("arguments") is { Length: > 0 } arguments ? arguments : "{}");
    }

    private static (string Text, IReadOnlyList<ReadOnlyMemory<byte>> Images) Content(JsonElement? content)
    {
        if (content is not { } element)
            return ("", []);
        if (element.ValueKind == JsonValueKind.String)
            return (element.GetString()!, []);
        var texts = new List<string>();
        var images = new List<ReadOnlyMemory<byte>>();
        foreach (var part in element.EnumerateArray())
        {
            switch (part.Text("type"))
            {
                case "text":
                    texts.Add(part.Text("text") ?? "");
                    break;
                case "image_url":
                    images.Add(Picture(part.GetProperty("image_url").Text("url") ?? ""));
                    break;
                default:
                    throw new FormatException("A part of a message is a text or an image_url.");
            }
        }

        return (string.Join('\n', texts), images);
    }

    // Fetching addresses for callers would let them reach what only this machine can.
    public static byte[] Picture(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (!url.StartsWith("data:image/", StringComparison.Ordinal) || comma < 0
            || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.Ordinal))
            throw new FormatException("A picture is a data: address in base64.");
        return Convert.FromBase64String(url[(comma + 1)..]);
    }
}
