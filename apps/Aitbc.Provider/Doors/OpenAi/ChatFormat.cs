using System.Buffers;
using System.Text;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>A chat completion as OpenAI's clients read it, as a stream or whole.</summary>
internal sealed class ChatFormat(string model, long created, bool isStream, bool includeUsage) : IAnswerFormat
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thought = new();
    private readonly List<(string Id, string Name, StringBuilder Arguments)> _calls = [];
    private string _id = "";
    private bool _begun;
    private TextFrame? _frame;

    public bool IsStream => isStream;

    public string MediaType => isStream ? "text/event-stream" : "application/json";

    public void Name(string answer) => _id = $"chatcmpl-{answer}";

    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        Keep(piece);
        if (!isStream)
            return null;
        if (_begun && piece is TextPiece { IsThought: false } text)
            return (_frame ??= Frame()).With(text.Text, number);
        var sse = new SseText();
        if (!_begun)
        {
            _begun = true;
            sse.Event(json => Chunk(json, delta =>
            {
                delta.WriteString("role", "assistant");
                delta.WriteString("content", "");
            }));
        }

        return sse.Event(json => Chunk(json, delta => Delta(delta, piece)), number).ToBytes();
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number) =>
        new SseText().Comment(json => NoteJson.Write(json, note), number).ToBytes();

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        if (!isStream)
            return Whole(reason, note);
        var sse = new SseText().Event(json => Chunk(json, _ => { }, reason));
        if (includeUsage)
        {
            sse.Event(json =>
            {
                Head(json, "chat.completion.chunk");
                json.WriteStartArray("choices");
                json.WriteEndArray();
                Usage(json, note);
            });
        }

        return sse.Comment(json => NoteJson.Write(json, note)).Data("[DONE]"u8, number).ToBytes();
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number) =>
        new SseText().Event(json => OpenAiErrors.Write(json, 500, code, sentence), number).ToBytes();

    private TextFrame Frame() => new(
        new SseText().Event(json => Chunk(json, delta => delta.WriteString("content", ""))).ToBytes().Span);

    private void Keep(EnginePiece piece)
    {
        if (piece is TextPiece text)
            (text.IsThought ? _thought : _text).Append(text.Text);
        if (piece is not ToolCallPiece call)
            return;
        while (_calls.Count <= call.Index)
            _calls.Add(($"call_{_id[9..17]}{_calls.Count}", "", new StringBuilder()));
        var known = _calls[call.Index];
        known.Arguments.Append(call.Arguments);
        _calls[call.Index] = (call.Id ?? known.Id, call.Name ?? known.Name, known.Arguments);
    }

    private void Delta(Utf8JsonWriter delta, EnginePiece piece)
    {
        switch (piece)
        {
            case TextPiece { IsThought: true } thought:
                delta.WriteString("reasoning", thought.Text);
                break;
            case TextPiece text:
                delta.WriteString("content", text.Text);
                break;
            case ToolCallPiece call:
                delta.WriteStartArray("tool_calls");
                delta.WriteStartObject();
                delta.WriteNumber("index", call.Index);
                if (call.Name is not null)
                {
                    delta.WriteString("id", _calls[call.Index].Id);
                    delta.WriteString("type", "function");
                }

                delta.WriteStartObject("function");
                if (call.Name is not null)
                    delta.WriteString("name", call.Name);
                delta.WriteString("arguments", call.Arguments);
                delta.WriteEndObject();
                delta.WriteEndObject();
                delta.WriteEndArray();
                break;
        }
    }

    private void Chunk(Utf8JsonWriter json, Action<Utf8JsonWriter> delta, string? reason = null)
    {
        Head(json, "chat.completion.chunk");
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        delta(json);
        json.WriteEndObject();
        json.WriteNull("logprobs");
        json.WriteString("finish_reason", Reason(reason));
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
            json.WriteNull("usage");
    }

    private ReadOnlyMemory<byte> Whole(string reason, SaleNote note)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Head(json, "chat.completion");
            json.WriteStartArray("choices");
            json.WriteStartObject();
            json.WriteNumber("index", 0);
            Message(json);
            json.WriteNull("logprobs");
            json.WriteString("finish_reason", Reason(reason));
            json.WriteEndObject();
            json.WriteEndArray();
            Usage(json, note);
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void Message(Utf8JsonWriter json)
    {
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        if (_calls.Count > 0 && _text.Length == 0)
            json.WriteNull("content");
        else
            json.WriteString("content", _text.ToString());
        json.WriteNull("refusal");
        if (_thought.Length > 0)
            json.WriteString("reasoning", _thought.ToString());
        if (_calls.Count > 0)
        {
            json.WriteStartArray("tool_calls");
            foreach (var (id, name, arguments) in _calls)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("type", "function");
                json.WriteStartObject("function");
                json.WriteString("name", name);
                json.WriteString("arguments", arguments.ToString());
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    // Some servers end a call of a tool with stop.
    private string? Reason(string? reason) => reason == "stop" && _calls.Count > 0 ? "tool_calls" : reason;

    private void Head(Utf8JsonWriter json, string kind)
    {
        json.WriteString("id", _id);
        json.WriteString("object", kind);
        json.WriteNumber("created", created);
        json.WriteString("model", model);
        json.WriteString("system_fingerprint", "fp_aitbc");
    }

    private static void Usage(Utf8JsonWriter json, SaleNote note)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", note.PromptTokens);
        json.WriteNumber("completion_tokens", note.OutputTokens);
        json.WriteNumber("total_tokens", note.PromptTokens + note.OutputTokens);
        json.WriteEndObject();
    }
}
