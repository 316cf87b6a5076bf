using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>Calls as OpenAI-compatible servers read them: tool arguments are text, pictures are data URLs.</summary>
internal static class OpenAiWire
{
    public static byte[] Chat(ChatCall call) => JsonBody.Write(json =>
    {
        Common(json, call);
        json.WriteStartArray("messages");
        foreach (var turn in call.Turns)
            WriteTurn(json, turn);
        json.WriteEndArray();
        json.WriteRaw("tools", call.Tools);
        json.WriteRaw("tool_choice", call.ToolChoice);
    });

    public static byte[] Generate(GenerateCall call) => JsonBody.Write(json =>
    {
        Common(json, call);
        json.WriteString("prompt", call.Prompt);
        if (call.Suffix is not null)
            json.WriteString("suffix", call.Suffix);
    });

    public static byte[] Embed(EmbedCall call) => JsonBody.Write(json =>
    {
        json.WriteString("model", call.Model);
        json.WriteStartArray("input");
        foreach (var input in call.Inputs)
            json.WriteStringValue(input);
        json.WriteEndArray();
        json.WriteString("encoding_format", "float");
        if (call.Dimensions is { } dimensions)
            json.WriteNumber("dimensions", dimensions);
    });

    private static void Common(Utf8JsonWriter json, ModelCall call)
    {
        json.WriteString("model", call.Model);
        json.WriteBoolean("stream", true);
        // Without it no server says what it counted, and nothing could be charged.
        json.WriteStartObject("stream_options");
        json.WriteBoolean("include_usage", true);
        json.WriteEndObject();
        json.WriteNumber("max_tokens", call.MaxOutputTokens);
        if (call.Seed is { } seed)
            json.WriteNumber("seed", seed);
        if (call.Temperature is { } temperature)
            json.WriteNumber("temperature", temperature);
        if (call.TopP is { } topP)
            json.WriteNumber("top_p", topP);
        if (call.Stop.Count > 0)
        {
            json.WriteStartArray("stop");
            foreach (var stop in call.Stop)
                json.WriteStringValue(stop);
            json.WriteEndArray();
        }

        WriteFormat(json, call.Format);
    }

    private static void WriteFormat(Utf8JsonWriter json, JsonElement? format)
    {
        if (format is not { } wanted)
            return;
        json.WriteStartObject("response_format");
        if (wanted.ValueKind == JsonValueKind.String)
        {
            json.WriteString("type", "json_object");
        }
        else
        {
            json.WriteString("type", "json_schema");
            json.WriteStartObject("json_schema");
            json.WriteString("name", "answer");
            json.WriteBoolean("strict", true);
            json.WriteRaw("schema", wanted);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteTurn(Utf8JsonWriter json, ChatTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role", turn.Role);
        if (turn.Images.Count == 0)
            json.WriteString("content", turn.Content);
        else
            WriteParts(json, turn);
        if (turn.ToolCalls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in turn.ToolCalls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WriteString("arguments", call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (turn.ToolCallId is not null)
            json.WriteString("tool_call_id", turn.ToolCallId);
        json.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter json, ChatTurn turn)
    {
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("type", "text");
        json.WriteString("text", turn.Content);
        json.WriteEndObject();
        foreach (var image in turn.Images)
        {
            json.WriteStartObject();
            json.WriteString("type", "image_url");
            json.WriteStartObject("image_url");
            json.WriteString("url", $"data:{MediaType(image.Span)};base64,{Convert.ToBase64String(image.Span)}");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string MediaType(ReadOnlySpan<byte> image) =>
        image.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8]) ? "image/jpeg"
        : image.StartsWith("GIF8"u8) ? "image/gif"
        : image.StartsWith("RIFF"u8) ? "image/webp"
        : "image/png";
}
