using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>Tasks and what happens to them, in the form of version 1.0.</summary>
internal static class TaskShapes
{
    public const string Working = "TASK_STATE_WORKING";
    public const string Completed = "TASK_STATE_COMPLETED";
    public const string Canceled = "TASK_STATE_CANCELED";
    public const string Failed = "TASK_STATE_FAILED";
    public const string TaskKey = "task";
    public const string StatusKey = "statusUpdate";
    public const string ArtifactKey = "artifactUpdate";

    public static JsonObject Task(string id, string context, JsonObject status) => new()
    {
        ["id"] = id,
        ["contextId"] = context,
        ["status"] = status,
    };

    /// <param name="state">One of the states.</param>
    /// <param name="at">Since when.</param>
    /// <param name="id">Of the task.</param>
    /// <param name="context">Of the task.</param>
    /// <param name="sentence">What the agent says of it; null = nothing.</param>
    public static JsonObject Status(
        string state, DateTimeOffset at, string id, string context, string? sentence = null)
    {
        var status = new JsonObject
        {
            ["state"] = state,
            ["timestamp"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        };
        if (sentence is not null)
        {
            status["message"] = new JsonObject
            {
                ["messageId"] = $"{id}-end",
                ["contextId"] = context,
                ["taskId"] = id,
                ["role"] = "ROLE_AGENT",
                ["parts"] = new JsonArray(new JsonObject { ["text"] = sentence }),
            };
        }

        return status;
    }

    public static JsonObject Artifact(string text) => new()
    {
        ["artifactId"] = "answer",
        ["name"] = "answer",
        ["parts"] = new JsonArray(new JsonObject { ["text"] = text }),
    };

    public static JsonObject ArtifactUpdate(string id, string context, JsonObject artifact, bool append) => new()
    {
        [ArtifactKey] = new JsonObject
        {
            ["taskId"] = id,
            ["contextId"] = context,
            ["artifact"] = artifact,
            ["append"] = append,
        },
    };

    public static JsonObject StatusUpdate(string id, string context, JsonObject status, JsonNode? metadata)
    {
        var update = new JsonObject { ["taskId"] = id, ["contextId"] = context, ["status"] = status };
        if (metadata is not null)
            update["metadata"] = metadata;
        return new JsonObject { [StatusKey] = update };
    }

    public static bool IsTerminal(JsonNode task) =>
        (string)task["status"]!["state"]! is Completed or Canceled or Failed;

    /// <summary>The lines of the events of an answer.</summary>
    public static IEnumerable<JsonObject> Lines(ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            var end = data.Span.IndexOf((byte)'\n');
            yield return JsonNode.Parse(data.Span[..end])!.AsObject();
            data = data[(end + 1)..];
        }
    }

    /// <summary>The task as it is after the events; null if none of them says that there is one.</summary>
    public static JsonObject? Fold(IEnumerable<ReadOnlyMemory<byte>> events)
    {
        JsonObject? task = null;
        var text = new StringBuilder();
        foreach (var line in events.SelectMany(Lines))
        {
            if (line[TaskKey] is JsonObject whole)
            {
                task = whole.DeepClone().AsObject();
            }
            else if (line[ArtifactKey] is JsonObject part)
            {
                text.Append((string)part["artifact"]!["parts"]![0]!["text"]!);
            }
            else if (line[StatusKey] is JsonObject status && task is not null)
            {
                task["status"] = status["status"]!.DeepClone();
                if (status["metadata"] is { } metadata)
                    task["metadata"] = metadata.DeepClone();
            }
        }

        if (text.Length > 0 && task is not null)
            task["artifacts"] = new JsonArray(Artifact(text.ToString()));
        return task;
    }

    /// <summary>A task that is told at its end, as what happened: to a reader who knows that it is there.</summary>
    public static IEnumerable<JsonObject> Happened(JsonObject task)
    {
        var (id, context) = ((string)task["id"]!, (string)task["contextId"]!);
        if (task["artifacts"] is JsonArray artifacts)
        {
            foreach (var artifact in artifacts)
                yield return ArtifactUpdate(id, context, artifact!.DeepClone().AsObject(), append: false);
        }

        yield return StatusUpdate(
            id, context, task["status"]!.DeepClone().AsObject(), task["metadata"]?.DeepClone());
    }
}
