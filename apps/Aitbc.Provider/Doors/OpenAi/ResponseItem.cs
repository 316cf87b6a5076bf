using System.Text;
using System.Text.Json;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>One item of a response's output: a message, a thought, or a call of a function.</summary>
internal sealed class ResponseItem(string kind, string id, int index)
{
    public const string Message = "message";
    public const string Reasoning = "reasoning";
    public const string Call = "function_call";

    public string Kind => kind;

    public string Id => id;

    public int Index => index;

    /// <summary>Text, or the arguments of a call.</summary>
    public StringBuilder Text { get; } = new();

    public string CallId { get; set; } = "";

    public string Name { get; set; } = "";

    public bool IsOpen { get; set; } = true;

    /// <summary>Prefix of the events of its text.</summary>
    public string Events => kind switch
    {
        Message => "response.output_text",
        Reasoning => "response.reasoning_text",
        _ => "response.function_call_arguments",
    };

    public void Write(Utf8JsonWriter json, string name)
    {
        json.WriteStartObject(name);
        Members(json);
        json.WriteEndObject();
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Members(json);
        json.WriteEndObject();
    }

    public void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteString("type", kind == Message ? "output_text" : "reasoning_text");
        json.WriteString("text", text);
        if (kind != Message)
            return;
        json.WriteStartArray("annotations");
        json.WriteEndArray();
        json.WriteStartArray("logprobs");
        json.WriteEndArray();
    }

    private void Members(Utf8JsonWriter json)
    {
        json.WriteString("type", kind);
        json.WriteString("id", id);
        json.WriteString("status", IsOpen ? "in_progress" : "completed");
        var text = IsOpen ? "" : Text.ToString();
        if (kind == Call)
        {
            json.WriteString("call_id", CallId);
            json.WriteString("name", Name);
            json.WriteString("arguments", text);
            return;
        }

        if (kind == Message)
            json.WriteString("role", "assistant");
        else
            json.WriteStartArray("summary");
        if (kind == Reasoning)
            json.WriteEndArray();
        json.WriteStartArray("content");
        if (!IsOpen)
        {
            json.WriteStartObject();
            WritePart(json, text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
