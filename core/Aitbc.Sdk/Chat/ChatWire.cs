using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Sdk.Chat;

/// <summary>The wire of OpenAI's chat completions, as far as text needs it. What a server sends is hostile.</summary>
internal static class ChatWire
{
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 32 };

    public static byte[] Body(ChatAsk ask, string given, int maxTokens)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", ask.Model);
            json.WriteStartArray("messages");
            foreach (var turn in ask.Turns)
                Turn(json, turn);
            // What another provider has given already is continued, not said again.
            if (given.Length > 0)
                Turn(json, new ChatTurn("assistant", given));
            json.WriteEndArray();
            json.WriteNumber("max_tokens", maxTokens);
            json.WriteBoolean("stream", true);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The members of a line's JSON object; null if it is none.</summary>
    public static JsonElement? Parse(ReadOnlySpan<char> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text.ToString(), Bounded);
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static (string? Text, string? Reason) Delta(JsonElement chunk)
    {
        if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array
            || choices.GetArrayLength() == 0 || choices[0] is not { ValueKind: JsonValueKind.Object } choice)
            return (null, null);
        var text = choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object
            ? Text(delta, "content") : null;
        return (text, Text(choice, "finish_reason"));
    }

    /// <summary>The error of an answer or of the end of a stream.</summary>
    public static AitbcProblem Problem(int status, JsonElement? root)
    {
        var error = root is { } whole && whole.TryGetProperty("error", out var member)
            && member.ValueKind == JsonValueKind.Object ? member : default;
        var isThere = error.ValueKind == JsonValueKind.Object;
        return new AitbcProblem
        {
            Status = status,
            Code = (isThere ? Text(error, "code") : null) ?? ProblemCodes.UnexpectedAnswer,
            Title = "The model gave no answer",
            Detail = (isThere ? Text(error, "message") : null) ?? $"The server answered {status}.",
            Retryable = isThere && error.TryGetProperty("retryable", out var retryable)
                && retryable.ValueKind == JsonValueKind.True,
            Charged = isThere && error.TryGetProperty("charged", out var charged)
                && charged.ValueKind is JsonValueKind.True or JsonValueKind.Null,
            Next = isThere ? Text(error, "next") : null,
        };
    }

    public static UInt256? Amount(JsonElement json, string name) =>
        Text(json, name) is { Length: <= 78 } text && UInt256.TryParse(text, out var amount) ? amount : null;

    public static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static void Turn(Utf8JsonWriter json, ChatTurn turn)
    {
        json.WriteStartObject();
        json.WriteString("role", turn.Role);
        json.WriteString("content", turn.Content);
        json.WriteEndObject();
    }
}
