using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>A chat or a continued text as Ollama's clients read it: lines of JSON, or one object.</summary>
internal sealed class OllamaFormat(string model, bool isChat, bool isStream, TimeProvider time) : IAnswerFormat
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thought = new();
    private readonly SortedDictionary<int, (string? Id, string Name, StringBuilder Arguments)> _calls = [];
    private readonly long _startedAt = time.GetTimestamp();

    public bool IsStream => isStream;

    public string MediaType => isStream ? "application/x-ndjson" : "application/json";

    public void Name(string answer)
    {
    }

    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        switch (piece)
        {
            case TextPiece { IsThought: true } thought:
                return isStream ? Line(json => Part(json, "", thought.Text, false)) : Keep(_thought, thought.Text);
            case TextPiece text:
                return isStream ? Line(json => Part(json, text.Text, null, false)) : Keep(_text, text.Text);
            case ToolCallPiece call:
                // Arguments are an object here: a call is told when it is whole, at the end.
                var known = _calls.GetValueOrDefault(call.Index, (null, "", new StringBuilder()));
                known.Arguments.Append(call.Arguments);
                _calls[call.Index] = (call.Id ?? known.Id, call.Name ?? known.Name, known.Arguments);
                return null;
            default:
                return null;
        }
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number) => null;

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        var calls = isStream && _calls.Count > 0 ? Line(json => Part(json, "", null, true)) : default;
        var last = Line(json =>
        {
            Part(json, _text.ToString(), _thought.Length > 0 ? _thought.ToString() : null, !isStream, isLast: true);
            json.WriteString("done_reason", reason == "length" ? "length" : "stop");
            json.WriteNumber("total_duration", (long)(time.GetElapsedTime(_startedAt).TotalMilliseconds * 1e6));
            json.WriteNumber("prompt_eval_count", note.PromptTokens);
            json.WriteNumber("eval_count", note.OutputTokens);
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
        });
        return calls.IsEmpty ? last : (byte[])[.. calls.Span, .. last.Span];
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        Line(json => json.WriteString("error", $"{sentence} ({code})"));

    private static ReadOnlyMemory<byte>? Keep(StringBuilder kept, string text)
    {
        kept.Append(text);
        return null;
    }

    private void Part(Utf8JsonWriter json, string text, string? thought, bool withCalls, bool isLast = false)
    {
        json.WriteString("model", model);
        json.WriteString("created_at", time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
        if (isChat)
        {
            json.WriteStartObject("message");
            json.WriteString("role", "assistant");
            json.WriteString("content", text);
            if (thought is not null)
                json.WriteString("thinking", thought);
            if (withCalls && _calls.Count > 0)
                Calls(json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("response", text);
            if (thought is not null)
                json.WriteString("thinking", thought);
        }

        json.WriteBoolean("done", isLast);
    }

    private void Calls(Utf8JsonWriter json)
    {
        json.WriteStartArray("tool_calls");
        foreach (var (id, name, arguments) in _calls.Values)
        {
            json.WriteStartObject();
            if (id is not null)
                json.WriteString("id", id);
            json.WriteStartObject("function");
            json.WriteString("name", name);
            json.WritePropertyName("arguments");
            Arguments(json, arguments.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Models do not always write what they should; a client of this API wants an object.
    private static void Arguments(Utf8JsonWriter json, string text)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text.Length == 0 ? "{}" : text);
            if (parsed.RootElement.ValueKind == JsonValueKind.Object)
            {
                parsed.RootElement.WriteTo(json);
                return;
            }
        }
        catch (JsonException)
        {
            // Told below as the text that it is.
        }

        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> Line(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
