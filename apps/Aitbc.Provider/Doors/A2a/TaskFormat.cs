using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>
/// An answer as a task: lines of JSON in the form of version 1.0, without what belongs to one request, so that any
/// request can be told of it in its own era.
/// </summary>
internal sealed class TaskFormat(string? context, string model, bool isStream, TaskBook book, TimeProvider time)
    : IAnswerFormat
{
    /// <summary>Content type of the lines; no other door gives it.</summary>
    public const string Lines = "application/x-ndjson; profile=a2a";

    private const string Key = "aitbc";
    private readonly StringBuilder _text = new();
    private string _id = "";
    private string _context = "";
    private bool _begun;
    private bool _hasArtifact;

    public bool IsStream => isStream;

    public string MediaType => Lines;

    public void Name(string answer)
    {
        _id = answer;
        _context = context ?? answer;
    }

    // Thoughts are no part of the answer, and tools cannot be given here.
    public ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number)
    {
        var text = piece is TextPiece { IsThought: false } said ? said.Text : "";
        if (!isStream)
        {
            _text.Append(text);
            return null;
        }

        var lines = Begin();
        if (text.Length > 0)
        {
            lines.Add(TaskShapes.ArtifactUpdate(_id, _context, TaskShapes.Artifact(text), _hasArtifact));
            _hasArtifact = true;
        }

        return lines.Count > 0 ? Write(lines) : null;
    }

    public ReadOnlyMemory<byte>? Note(SaleNote note, int number)
    {
        if (!isStream)
            return null;
        var lines = Begin();
        lines.Add(TaskShapes.StatusUpdate(_id, _context, Status(TaskShapes.Working), Metadata(note)));
        return Write(lines);
    }

    public ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number)
    {
        // At the limit or at the end of what is covered it is as whole as was asked for.
        var status = Status(note.IsCut && reason != "length" ? TaskShapes.Canceled : TaskShapes.Completed);
        var metadata = Metadata(note, reason);
        if (isStream)
        {
            var lines = Begin();
            lines.Add(TaskShapes.StatusUpdate(_id, _context, status, metadata));
            return Write(lines);
        }

        var task = TaskShapes.Task(_id, _context, status);
        if (_text.Length > 0)
            task["artifacts"] = new JsonArray(TaskShapes.Artifact(_text.ToString()));
        task["metadata"] = metadata;
        return Write([new JsonObject { [TaskShapes.TaskKey] = task }]);
    }

    public ReadOnlyMemory<byte> Failure(string code, string sentence, int number)
    {
        book.End(_id, TaskShapes.Failed, sentence);
        var lines = Begin();
        lines.Add(TaskShapes.StatusUpdate(
            _id, _context, Status(TaskShapes.Failed, sentence),
            new JsonObject { [Key] = new JsonObject { ["code"] = code } }));
        return Write(lines);
    }

    private List<JsonObject> Begin()
    {
        if (_begun)
            return [];
        _begun = true;
        return [new JsonObject { [TaskShapes.TaskKey] = TaskShapes.Task(_id, _context, Status(TaskShapes.Working)) }];
    }

    private JsonObject Status(string state, string? sentence = null) =>
        TaskShapes.Status(state, time.GetUtcNow(), _id, _context, sentence);

    private JsonObject Metadata(SaleNote note, string? reason = null)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", model);
            if (reason is not null)
                json.WriteString("finish_reason", reason);
            NoteJson.Write(json, note);
            json.WriteEndObject();
        }

        return new JsonObject { [Key] = JsonNode.Parse(buffer.WrittenSpan) };
    }

    private static ReadOnlyMemory<byte> Write(IEnumerable<JsonObject> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l.ToJsonString() + "\n")));
}
