using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>The same in the form of version 0.3: members say their kind, states and roles are in lower case.</summary>
internal static class LegacyShapes
{
    /// <summary>An event of a stream.</summary>
    public static JsonObject Event(JsonObject line)
    {
        if (line[TaskShapes.TaskKey] is JsonObject task)
            return Task(task);
        var isStatus = line[TaskShapes.StatusKey] is not null;
        var from = line[isStatus ? TaskShapes.StatusKey : TaskShapes.ArtifactKey]!.AsObject();
        var update = from.DeepClone().AsObject();
        update["kind"] = isStatus ? "status-update" : "artifact-update";
        if (isStatus)
        {
            update["status"] = Status(from["status"]!);
            update["final"] = TaskShapes.IsTerminal(from);
        }
        else
        {
            update["artifact"] = Parts(from["artifact"]!);
        }

        return update;
    }

    public static JsonObject Task(JsonObject task)
    {
        var legacy = task.DeepClone().AsObject();
        legacy["kind"] = "task";
        legacy["status"] = Status(task["status"]!);
        if (task["artifacts"] is JsonArray artifacts)
            legacy["artifacts"] = new JsonArray([.. artifacts.Select(a => (JsonNode)Parts(a!))]);
        return legacy;
    }

    private static JsonObject Status(JsonNode status)
    {
        var legacy = status.DeepClone().AsObject();
        legacy["state"] = (string)status["state"]! switch
        {
            TaskShapes.Completed => "completed",
            TaskShapes.Canceled => "canceled",
            TaskShapes.Failed => "failed",
            _ => "working",
        };
        if (status["message"] is { } message)
        {
            var said = Parts(message);
            said["kind"] = "message";
            said["role"] = "agent";
            legacy["message"] = said;
        }

        return legacy;
    }

    private static JsonObject Parts(JsonNode holder)
    {
        var legacy = holder.DeepClone().AsObject();
        foreach (var part in legacy["parts"]!.AsArray())
            part!["kind"] = "text";
        return legacy;
    }
}
