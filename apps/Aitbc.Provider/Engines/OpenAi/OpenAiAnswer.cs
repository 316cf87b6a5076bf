using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>
/// Reads a stream of server-sent events: pieces as they come, and the end when <c>[DONE]</c>, a reason and a possible
/// usage were seen. Whatever lacks one of them is not finished.
/// </summary>
internal sealed class OpenAiAnswer(ModelCall call, Tally tally)
{
    // Parallel calls of tools beyond this are no honest answer.
    private const int MostToolCalls = 128;

    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    private string? _reason;
    private (long Prompt, long Output)? _usage;

    /// <summary>What the server says of itself, for the receipt; null when it does not.</summary>
    public string? Fingerprint { get; private set; }

    public async IAsyncEnumerable<EnginePiece> ReadAsync(
        BoundedBody body, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await EventAsync(body, cancellation) is { } data)
        {
            if (data.Span.SequenceEqual(Done))
            {
                foreach (var piece in Finish())
                    yield return piece;
                yield break;
            }

            using var parsed = JsonDocument.Parse(data);
            foreach (var piece in Pieces(parsed.RootElement))
                yield return piece;
        }

        throw new EngineStopException(
            EngineOutcome.Fail(EngineEnds.EngineFault, "The answer was cut before it was finished."));
    }

    /// <summary>The data of the next event; null when the stream ended, a half event not being one.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>?> EventAsync(BoundedBody body, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte>? data = null;
        ArrayBufferWriter<byte>? lines = null;
        while (await body.LineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is { } whole)
                    return Valid(whole);
                continue;
            }

            // Comments and other fields carry nothing for us.
            if (!line.AsSpan().StartsWith("data:"u8))
                continue;
            var part = line.AsMemory(line.Length > 5 && line[5] == ' ' ? 6 : 5);
            if (data is not { } before)
            {
                data = part;
                continue;
            }

            if (lines is null)
            {
                lines = new ArrayBufferWriter<byte>();
                lines.Write(before.Span);
            }

            lines.Write("\n"u8);
            lines.Write(part.Span);
            data = lines.WrittenMemory;
        }

        // Servers that end without the last empty line exist; only the closing word is believed then.
        return data is { } last && last.Span.SequenceEqual(Done) ? last : null;
    }

    // What is no UTF-8 becomes a sign for that, as everywhere else: a text is read from it without an exception.
    private static ReadOnlyMemory<byte> Valid(ReadOnlyMemory<byte> data) =>
        Utf8.IsValid(data.Span) ? data : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(data.Span));

    private IEnumerable<EnginePiece> Pieces(JsonElement chunk)
    {
        if (chunk.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            throw new EngineStopException(
                EngineOutcome.Fail(EngineEnds.EngineFault, "The server reported an error while it answered."));
        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            _usage = ReadUsage(usage);
        Fingerprint ??= Text(chunk, "system_fingerprint") is { Length: > 0 and <= 64 } print
            && print.All(c => c is > ' ' and < '\u007f') ? print : null;
        if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
            return [];
        return choices.GetArrayLength() switch
        {
            0 => [],
            1 => Choice(choices[0]),
            _ => throw new UntrustedException("The server answered more than once."),
        };
    }

    private IEnumerable<EnginePiece> Choice(JsonElement choice)
    {
        if (Text(choice, "finish_reason") is { Length: > 0 } reason)
            _reason = reason;
        // A chat has a delta; a continued text has the text itself.
        if (!choice.TryGetProperty("delta", out var delta))
        {
            var continued = Text(choice, "text");
            tally.Count(continued, null);
            if (continued.Length > 0)
                yield return new TextPiece(continued);
            yield break;
        }

        var text = Text(delta, "content");
        var thought = Text(delta, "reasoning_content") is { Length: > 0 } named ? named : Text(delta, "reasoning");
        tally.Count(text, thought);
        if (thought.Length > 0)
            yield return new TextPiece(thought, IsThought: true);
        if (text.Length > 0)
            yield return new TextPiece(text);
        if (!delta.TryGetProperty("tool_calls", out var calls) || calls.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var call in calls.EnumerateArray())
        {
            var piece = ToolCall(call);
            tally.Count(piece);
            yield return piece;
        }
    }

    private static ToolCallPiece ToolCall(JsonElement call)
    {
        var index = call.GetProperty("index").GetInt32();
        if (index is < 0 or >= MostToolCalls)
            throw new FormatException("The index of a tool call is out of its range.");
        var function = call.TryGetProperty("function", out var given) ? given : default;
        var hasFunction = function.ValueKind == JsonValueKind.Object;
        return new ToolCallPiece(
            index,
            Text(call, "id") is { Length: > 0 } id ? id : null,
            hasFunction && Text(function, "name") is { Length: > 0 } name ? name : null,
            hasFunction ? Text(function, "arguments") : "");
    }

    private EnginePiece[] Finish()
    {
        var finish = _reason switch
        {
            "stop" or "length" or "tool_calls" => _reason,
            null => throw new EngineStopException(
                EngineOutcome.Fail(EngineEnds.EngineFault, "The answer ended without a reason.")),
            "content_filter" => throw new EngineStopException(
                EngineOutcome.Fail(EngineEnds.EngineFault, "The server withheld the answer.")),
            _ => throw new EngineStopException(
                EngineOutcome.Fail(EngineEnds.EngineFault, "The completion ended for a reason that is not known.")),
        };
        if (_usage is not { } counted)
            throw new EngineStopException(EngineOutcome.Fail(
                EngineEnds.UsageMissing, "The server did not say how many tokens it used.", (ulong)tally.Deltas));
        // Unlike a cached prompt, an answer with text has tokens: zero is a lie here.
        if (counted.Output == 0 && tally.Deltas > 0)
            throw new UntrustedException($"The server reported no output tokens in {tally.Deltas} parts.");
        if (Usage.Problem(call, ulong.MaxValue, counted.Prompt, counted.Output, tally) is { } problem)
            throw new UntrustedException(problem);
        var usage = new UsagePiece((ulong)counted.Prompt, (ulong)counted.Output);
        var outcome = EngineOutcome.Complete(default, usage.PromptTokens + usage.OutputTokens);
        return [usage, new EndPiece(outcome with { FinishReason = finish })];
    }

    private static (long Prompt, long Output)? ReadUsage(JsonElement usage)
    {
        if (!usage.TryGetProperty("prompt_tokens", out var prompt) || prompt.ValueKind != JsonValueKind.Number
            || !usage.TryGetProperty("completion_tokens", out var output) || output.ValueKind != JsonValueKind.Number)
            return null;
        var counted = (Prompt: prompt.GetInt64(), Output: output.GetInt64());
        if (usage.TryGetProperty("total_tokens", out var total) && total.ValueKind == JsonValueKind.Number
            && (decimal)total.GetInt64() != (decimal)counted.Prompt + counted.Output)
            throw new UntrustedException("The sum of the tokens that the server reported is not their sum.");
        return counted;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value.GetString()! : "";
}
