using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>
/// Tasks that are under way or have failed. What became of others is kept with their answers; here are the newest ones
/// only, and a restart forgets them.
/// </summary>
internal sealed class TaskBook(TimeProvider time)
{
    /// <summary>Tasks that are kept; the oldest go first.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, TaskEntry> _tasks = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    /// <summary>A task is under way; one that is known stays as it is.</summary>
    public void Begin(string id, string context)
    {
        if (!_tasks.TryAdd(id, new TaskEntry(context, TaskShapes.Working, time.GetUtcNow(), null)))
            return;
        _order.Enqueue(id);
        while (_order.Count > Most && _order.TryDequeue(out var oldest))
            _tasks.TryRemove(oldest, out _);
    }

    /// <summary>It has ended without an answer.</summary>
    public void End(string id, string state, string sentence)
    {
        if (_tasks.TryGetValue(id, out var known))
            _tasks.TryUpdate(id, known with { State = state, At = time.GetUtcNow(), Sentence = sentence }, known);
    }

    /// <summary>Its answer says all of it.</summary>
    public void Forget(string id) => _tasks.TryRemove(id, out _);

    /// <summary>Null if it is not known here.</summary>
    public JsonObject? Find(string id) => _tasks.TryGetValue(id, out var known)
        ? TaskShapes.Task(
            id, known.Context, TaskShapes.Status(known.State, known.At, id, known.Context, known.Sentence))
        : null;

    private sealed record TaskEntry(string Context, string State, DateTimeOffset At, string? Sentence);
}
