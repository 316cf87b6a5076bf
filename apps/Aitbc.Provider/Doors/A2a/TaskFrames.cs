using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>Puts the lines of a task into server-sent events that answer one request, in the form of its era.</summary>
internal sealed class TaskFrames(JsonElement id, bool isLegacy)
{
    private readonly byte[] _before =
        Encoding.UTF8.GetBytes("data: {\"jsonrpc\":\"2.0\",\"id\":" + id.GetRawText() + ",\"result\":");

    /// <summary>For who asked for the task: all of its events.</summary>
    public ReadOnlyMemory<byte> All(ReadOnlyMemory<byte> data, int number) => Write(TaskShapes.Lines(data), number);

    /// <summary>For who was told of the task before: what happens to it.</summary>
    public ReadOnlyMemory<byte> Rest(ReadOnlyMemory<byte> data, int number) => Write(
        TaskShapes.Lines(data).SelectMany(line =>
            line[TaskShapes.TaskKey] is JsonObject task ? TaskShapes.Happened(task) : [line]),
        number);

    public ReadOnlyMemory<byte> Task(JsonObject task) =>
        Write([new JsonObject { [TaskShapes.TaskKey] = task.DeepClone() }], null);

    /// <summary>The end of a task that has no answer.</summary>
    public ReadOnlyMemory<byte> End(JsonObject task, string state, string sentence, DateTimeOffset at)
    {
        var (name, context) = ((string)task["id"]!, (string)task["contextId"]!);
        var status = TaskShapes.Status(state, at, name, context, sentence);
        return Write([TaskShapes.StatusUpdate(name, context, status, null)], null);
    }

    private ReadOnlyMemory<byte> Write(IEnumerable<JsonObject> lines, int? number)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        foreach (var line in lines)
        {
            if (bytes.WrittenCount > 0)
                bytes.Write("\n"u8);
            bytes.Write(_before);
            using (var json = new Utf8JsonWriter(bytes))
                (isLegacy ? LegacyShapes.Event(line) : line).WriteTo(json);
            bytes.Write("}\n"u8);
        }

        // Behind the last line of an event: a reader that has its id has all of it.
        if (number is { } known)
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {known}\n"), bytes);
        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }
}
