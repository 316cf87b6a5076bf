using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>Calls as Ollama reads them: JSON with objects for tool arguments and raw base64 for pictures.</summary>
internal static class OllamaWire
{
    public static byte[] Chat(ChatCall call, string model, OllamaLimits limits) => JsonBody.Write(json =>
    {
        Common(json, call, model, limits);
        json.WriteStartArray("messages");
        foreach (var turn in call.Turns)
            WriteTurn(json, turn);
        json.WriteEndArray();
        json.WriteRaw("tools", call.Tools);
    });

    public static byte[] Generate(GenerateCall call, string model, OllamaLimits limits) => JsonBody.Write(json =>
    {
        Common(json, call, model, limits);
        json.WriteString("prompt", call.Prompt);
        if (call.System is not null)
            json.WriteString("system", call.System);
        if (call.Suffix is not null)
            json.WriteString("suffix", call.Suffix);
        WriteImages(json, call.Pictures);
    });

    public static byte[] Embed(EmbedCall call, string model, OllamaLimits limits) => JsonBody.Write(json =>
    {
        json.WriteString("model", model);
        json.WriteStartArray("input");
        foreach (var input in call.Inputs)
            json.WriteStringValue(input);
        json.WriteEndArray();
        json.WriteBoolean("truncate", false);
        if (call.Dimensions is { } dimensions)
            json.WriteNumber("dimensions", dimensions);
        KeepAlive(json, limits);
    });

    private static void Common(Utf8JsonWriter json, ModelCall call, string model, OllamaLimits limits)
    {
        json.WriteString("model", model);
        json.WriteBoolean("stream", true);
        // A prompt that does not fit is refused by the server instead of being cut without a word.
        json.WriteBoolean("truncate", false);
        json.WriteBoolean("shift", false);
        KeepAlive(json, limits);
        json.WriteRaw("format", call.Format);
        if (call.Think is { } think)
            json.WriteBoolean("think", think);
        json.WriteStartObject("options");
        json.WriteNumber("num_predict", call.MaxOutputTokens);
        json.WriteNumber("num_ctx", limits.ContextTokens);
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

        json.WriteEndObject();
    }

    private static void WriteTurn(Utf8JsonWriter json, ChatTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role", turn.Role);
        json.WriteString("content", turn.Content);
        WriteImages(json, turn.Images);
        if (turn.ToolCalls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var call in turn.ToolCalls)
            {
                json.WriteStartObject();
                json.WriteString("id", call.Id);
                json.WriteStartObject("function");
                json.WriteString("name", call.Name);
                json.WritePropertyName("arguments");
                json.WriteRawValue(call.Arguments);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (turn.ToolName is not null)
            json.WriteString("tool_name", turn.ToolName);
        if (turn.ToolCallId is not null)
            json.WriteString("tool_call_id", turn.ToolCallId);
        json.WriteEndObject();
    }

    private static void WriteImages(Utf8JsonWriter json, IReadOnlyList<ReadOnlyMemory<byte>> images)
    {
        if (images.Count == 0)
            return;
        json.WriteStartArray("images");
        foreach (var image in images)
            json.WriteBase64StringValue(image.Span);
        json.WriteEndArray();
    }

    private static void KeepAlive(Utf8JsonWriter json, OllamaLimits limits) =>
        json.WriteNumber("keep_alive", limits.KeepAliveSeconds);
}
