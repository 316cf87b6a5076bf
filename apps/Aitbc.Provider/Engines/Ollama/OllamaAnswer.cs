using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>Reads an answer of Ollama line by line: pieces as they come, and the end at its last line.</summary>
internal static class OllamaAnswer
{
    public static async IAsyncEnumerable<EnginePiece> ReadAsync(
        BoundedBody body,
        ModelCall call,
        Tally tally,
        int contextTokens,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await body.LineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
                continue;
            using var parsed = JsonDocument.Parse(line);
            var root = parsed.RootElement;
            if (root.TryGetProperty("error", out _))
                throw new EngineStopException(
                    EngineOutcome.Fail(EngineEnds.EngineFault, "The server reported an error while it answered."));
            foreach (var piece in Pieces(root, tally))
                yield return piece;
            if (!root.TryGetProperty("done", out var done) || !done.GetBoolean())
                continue;
            foreach (var piece in Finish(root, call, tally, contextTokens))
                yield return piece;
            yield break;
        }

        throw new EngineStopException(
            EngineOutcome.Fail(EngineEnds.EngineFault, "The answer was cut before it was finished."));
    }

    private static IEnumerable<EnginePiece> Pieces(JsonElement line, Tally tally)
    {
        // A chat has a message; a generation has its texts on the line itself.
        var isChat = line.TryGetProperty("message", out var message);
        var part = isChat ? message : line;
        var text = Text(part, isChat ? "content" : "response");
        var thought = Text(part, "thinking");
        tally.Count(text, thought);
        if (thought.Length > 0)
            yield return new TextPiece(thought, IsThought: true);
        if (text.Length > 0)
            yield return new TextPiece(text);
        if (!isChat || !message.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var call in calls.EnumerateArray())
        {
            var piece = ToolCall(call, tally.ToolCalls);
            tally.Count(piece);
            yield return piece;
        }
    }

    private static ToolCallPiece ToolCall(JsonElement call, int index)
    {
        var function = call.GetProperty("function");
        var arguments = function.TryGetProperty("arguments", out var given) ? given.GetRawText() : "{}";
        var id = Text(call, "id") is { Length: > 0 } named
            ? named : "call_" + index.ToString(CultureInfo.InvariantCulture);
        return new ToolCallPiece(index, id, function.GetProperty("name").GetString() ?? "", arguments);
    }

    private static EnginePiece[] Finish(JsonElement line, ModelCall call, Tally tally, int contextTokens)
    {
        var reason = Text(line, "done_reason");
        if (reason is not ("stop" or "length" or ""))
            throw new EngineStopException(
                EngineOutcome.Fail(EngineEnds.EngineFault, "The completion ended for a reason that is not known."));
        // Ollama omits counts of zero, such as those of a prompt that was cached: the client is not charged for them.
        var prompt = Number(line, "prompt_eval_count");
        var output = Number(line, "eval_count");
        if (Usage.Problem(call, (ulong)contextTokens, prompt, output, tally) is { } problem)
            throw new UntrustedException(problem);
        var usage = new UsagePiece((ulong)prompt, (ulong)output);
        var outcome = EngineOutcome.Complete(default, usage.PromptTokens + usage.OutputTokens) with
        {
            FinishReason = reason == "length" ? reason : tally.ToolCalls > 0 ? "tool_calls" : "stop",
        };
        return [usage, new EndPiece(outcome)];
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetString()! : "";

    private static long Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
