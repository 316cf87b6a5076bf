using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>An answer as clients of the Responses API read it, as a stream of typed events or whole.</summary>
internal sealed class ResponsesFormat(string model, long created, bool isStream) : IAnswerFormat
{
    private readonly List<ResponseItem> _items = [];
    private readonly Dictionary<int, ResponseItem> _calls = [];
    private string _answer = "";
    private long _sequence;
    private bool _begun;

    public bool IsStream => isStream;

    public string MediaType => isStream ? "text/event-stream" : "application/json";

    public void Name(string answer) => _answer = answer;

    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        var sse = new SseText();
        Begin(sse);
        switch (piece)
        {
            case TextPiece text:
                Add(sse, ItemOf(sse, text.IsThought ? ResponseItem.Reasoning : ResponseItem.Message), text.Text);
                break;
            case ToolCallPiece call:
                Add(sse, CallOf(sse, call), call.Arguments);
                break;
        }

        return isStream ? sse.Id(number).ToBytes() : null;
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number) =>
        new SseText().Comment(json => NoteJson.Write(json, note), number).ToBytes();

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        var sse = new SseText();
        Begin(sse);
        foreach (var item in _items.Where(i => i.IsOpen))
            Close(sse, item);
        var status = reason == "length" ? "incomplete" : "completed";
        if (!isStream)
            return Whole(status, note);
        Event(sse, $"response.{status}", json => Response(json, status, note));
        return sse.Comment(json => NoteJson.Write(json, note)).Id(number).ToBytes();
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number)
    {
        var sse = new SseText();
        Event(sse, "error", json =>
        {
            json.WriteString("code", code);
            json.WriteString("message", sentence);
            json.WriteNull("param");
        });
        return sse.Id(number).ToBytes();
    }

    private void Begin(SseText sse)
    {
        if (_begun)
            return;
        _begun = true;
        Event(sse, "response.created", json => Response(json, "in_progress", null));
        Event(sse, "response.in_progress", json => Response(json, "in_progress", null));
    }

    private ResponseItem ItemOf(SseText sse, string kind)
    {
        if (_items.LastOrDefault() is { IsOpen: true } last && last.Kind == kind)
            return last;
        return Open(sse, kind, kind == ResponseItem.Message ? "msg" : "rs");
    }

    // Fragments of several calls may come in turns: they stay open to the end.
    private ResponseItem CallOf(SseText sse, ToolCallPiece call)
    {
        if (_calls.TryGetValue(call.Index, out var known))
            return known;
        return _calls[call.Index] = Open(sse, ResponseItem.Call, "fc", item =>
        {
            item.CallId = call.Id ?? $"call_{_answer[..8]}{call.Index}";
            item.Name = call.Name ?? "";
        });
    }

    private ResponseItem Open(SseText sse, string kind, string prefix, Action<ResponseItem>? set = null)
    {
        foreach (var before in _items.Where(i => i.IsOpen && i.Kind != ResponseItem.Call))
            Close(sse, before);
        var item = new ResponseItem(kind, $"{prefix}_{_answer}{_items.Count}", _items.Count);
        set?.Invoke(item);
        _items.Add(item);
        Event(sse, "response.output_item.added", json =>
        {
            json.WriteNumber("output_index", item.Index);
            item.Write(json, "item");
        });
        if (kind == ResponseItem.Message)
            Part(sse, item, "response.content_part.added", "");
        return item;
    }

    private void Add(SseText sse, ResponseItem item, string text)
    {
        item.Text.Append(text);
        Event(sse, $"{item.Events}.delta", json =>
        {
            Place(json, item);
            json.WriteString("delta", text);
            NoProbabilities(json, item);
        });
    }

    private void Close(SseText sse, ResponseItem item)
    {
        item.IsOpen = false;
        var text = item.Text.ToString();
        Event(sse, $"{item.Events}.done", json =>
        {
            Place(json, item);
            if (item.Kind == ResponseItem.Call)
                json.WriteString("name", item.Name);
            json.WriteString(item.Kind == ResponseItem.Call ? "arguments" : "text", text);
            NoProbabilities(json, item);
        });
        if (item.Kind == ResponseItem.Message)
            Part(sse, item, "response.content_part.done", text);
        Event(sse, "response.output_item.done", json =>
        {
            json.WriteNumber("output_index", item.Index);
            item.Write(json, "item");
        });
    }

    private void Part(SseText sse, ResponseItem item, string type, string text) => Event(sse, type, json =>
    {
        Place(json, item);
        json.WriteStartObject("part");
        item.WritePart(json, text);
        json.WriteEndObject();
    });

    private static void Place(Utf8JsonWriter json, ResponseItem item)
    {
        json.WriteString("item_id", item.Id);
        json.WriteNumber("output_index", item.Index);
        if (item.Kind != ResponseItem.Call)
            json.WriteNumber("content_index", 0);
    }

    private static void NoProbabilities(Utf8JsonWriter json, ResponseItem item)
    {
        if (item.Kind != ResponseItem.Message)
            return;
        json.WriteStartArray("logprobs");
        json.WriteEndArray();
    }

    private void Event(SseText sse, string type, Action<Utf8JsonWriter> members)
    {
        if (isStream)
        {
            sse.Named(type, json =>
            {
                json.WriteString("type", type);
                json.WriteNumber("sequence_number", _sequence++);
                members(json);
            });
        }
    }

    private void Response(Utf8JsonWriter json, string status, SaleNote? note)
    {
        json.WriteStartObject("response");
        Members(json, status, note);
        json.WriteEndObject();
    }

    private ReadOnlyMemory<byte> Whole(string status, SaleNote note)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Members(json, status, note);
            json.WriteStartObject("aitbc");
            NoteJson.Write(json, note);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // Instructions and tools are not sent back: a client knows its own, and they may be as long as a request.
    private void Members(Utf8JsonWriter json, string status, SaleNote? note)
    {
        json.WriteString("id", $"resp_{_answer}");
        json.WriteString("object", "response");
        json.WriteNumber("created_at", created);
        json.WriteString("status", status);
        json.WriteNull("error");
        if (status == "incomplete")
        {
            json.WriteStartObject("incomplete_details");
            json.WriteString("reason", "max_output_tokens");
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details");
        }

        json.WriteNull("instructions");
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteString("model", model);
        json.WriteStartArray("output");
        foreach (var item in _items)
            item.Write(json);
        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls", true);
        json.WriteNull("temperature");
        json.WriteNull("top_p");
        json.WriteString("tool_choice", "auto");
        json.WriteStartArray("tools");
        json.WriteEndArray();
        json.WriteNull("previous_response_id");
        json.WriteBoolean("store", false);
        Usage(json, note);
    }

    private static void Usage(Utf8JsonWriter json, SaleNote? note)
    {
        if (note is null)
        {
            json.WriteNull("usage");
            return;
        }

        json.WriteStartObject("usage");
        json.WriteNumber("input_tokens", note.PromptTokens);
        json.WriteStartObject("input_tokens_details");
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("output_tokens", note.OutputTokens);
        json.WriteStartObject("output_tokens_details");
        json.WriteNumber("reasoning_tokens", 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens", note.PromptTokens + note.OutputTokens);
        json.WriteEndObject();
    }
}
