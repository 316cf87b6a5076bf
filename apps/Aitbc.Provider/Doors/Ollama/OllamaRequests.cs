using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>
/// Reads requests as Ollama's clients write them (specs/provider/doors.md). Throws <see cref="FormatException"/> with a
/// sentence, or what the readers of JSON throw.
/// </summary>
internal static class OllamaRequests
{
    public static string Model(JsonElement body) =>
        body.Text("model") ?? body.Text("name") ?? throw new FormatException("The model is missing.");

    public static bool IsStream(JsonElement body) => body.Bool("stream") ?? true;

    /// <summary>Null if the request asks for nothing but loading the model.</summary>
    public static ChatCall? Chat(JsonElement body, string model, ModelLimits limits)
    {
        if (body.Member("messages") is not { } messages || messages.GetArrayLength() == 0)
            return null;
        var options = Options(body);
        return new ChatCall
        {
            Model = model,
            Turns = [.. messages.EnumerateArray().Select(Turn)],
            Tools = body.Member("tools"),
            MaxOutputTokens = MostTokens(options, limits),
            Seed = options?.Int("seed"),
            Temperature = options?.Double("temperature"),
            TopP = options?.Double("top_p"),
            Stop = options?.Texts("stop") ?? [],
            Format = body.Member("format"),
            Think = Think(body),
        };
    }

    /// <summary>Null if the request asks for nothing but loading the model.</summary>
    public static GenerateCall? Generate(JsonElement body, string model, ModelLimits limits)
    {
        if (body.Text("prompt") is not { Length: > 0 } prompt)
            return null;
        var options = Options(body);
        return new GenerateCall
        {
            Model = model,
            Prompt = prompt,
            System = body.Text("system"),
            Suffix = body.Text("suffix"),
            Pictures = Images(body),
            MaxOutputTokens = MostTokens(options, limits),
            Seed = options?.Int("seed"),
            Temperature = options?.Double("temperature"),
            TopP = options?.Double("top_p"),
            Stop = options?.Texts("stop") ?? [],
            Format = body.Member("format"),
            Think = Think(body),
        };
    }

    public static EmbedCall Embed(JsonElement body, string model) =>
        new(model, body.Texts("input"), body.Int("dimensions"));

    private static JsonElement? Options(JsonElement body) => body.Member("options");

    // Ollama means "without a limit" by a negative number; here that is the provider's limit.
    private static int MostTokens(JsonElement? options, ModelLimits limits) =>
        options?.Int("num_predict") is { } wanted and >= 0 ? wanted : limits.MaxOutputTokens;

    private static bool? Think(JsonElement body) => body.Member("think") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } => true,
        { } value => value.GetBoolean(),
    };

    private static ChatTurn Turn(JsonElement message) => new(
        message.Text("role") ?? throw new FormatException("A message has no role."), message.Text("content") ?? "")
    {
        Images = Images(message),
        ToolCalls = message.Member("tool_calls") is { } calls ? [.. calls.EnumerateArray().Select(Call)] : [],
        ToolCallId = message.Text("tool_call_id"),
        ToolName = message.Text("tool_name"),
    };

    private static ToolCall Call(JsonElement call)
    {
        var function = call.GetProperty("function");
        return new ToolCall(
            call.Text("id") ?? "", function.Text("name") ?? "",
            function.Member("arguments") is { } arguments ? arguments.GetRawText() : "{}");
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Images(JsonElement element) =>
        [.. element.Texts("images").Select(i => (ReadOnlyMemory<byte>)Convert.FromBase64String(i))];
}
