using System.Text;

namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// Counts what was seen of one answer, independently of what the server says. Each message that shows text stands for
/// at least one token, and no token shows less than nothing, so both bounds are known at every moment.
/// </summary>
internal sealed class Tally
{
    // End-of-turn and other special tokens are counted and show no text; a call of a tool has its own markup.
    private const long InvisibleTokens = 16;
    private const long TokensPerToolCall = 64;

    private long _bytes;
    /// <summary>Messages with text: no honest count is lower.</summary>
    public long Deltas { get; private set; }

    /// <summary>Calls of tools that were begun.</summary>
    public int ToolCalls { get; private set; }

    /// <summary>No honest count is higher.</summary>
    public long Most => _bytes + InvisibleTokens + (TokensPerToolCall * ToolCalls);

    /// <summary>One message of the server with all the text that it showed.</summary>
    public void Count(string? content, string? thought)
    {
        if (string.IsNullOrEmpty(content) && string.IsNullOrEmpty(thought))
            return;
        Deltas++;
        _bytes += Encoding.UTF8.GetByteCount(content ?? "") + Encoding.UTF8.GetByteCount(thought ?? "");
    }

    public void Count(ToolCallPiece call)
    {
        ToolCalls += call.Name is null ? 0 : 1;
        _bytes += Encoding.UTF8.GetByteCount(call.Arguments) + Encoding.UTF8.GetByteCount(call.Name ?? "");
    }
}

/// <summary>
/// Whether token counts can be true. They become the client's bill, so counts that cannot be true fail the call
/// instead.
/// </summary>
internal static class Usage
{
    /// <summary>Null when plausible, else a sentence. Zero = not counted, and not charged.</summary>
    public static string? Problem(ModelCall call, ulong most, long prompt, long output, Tally seen)
    {
        if (prompt < 0 || output < 0)
            return "The server reported a negative count of tokens.";
        if (output > call.MaxOutputTokens)
            return $"The server reported {output} output tokens where {call.MaxOutputTokens} were allowed.";
        if (output > seen.Most)
            return $"The server reported {output} output tokens where at most {seen.Most} can have been seen.";
        if (output > 0 && output < seen.Deltas)
            return $"The server reported {output} output tokens in {seen.Deltas} parts.";
        return (ulong)prompt > Math.Min(most, call.WorstPromptTokens)
            ? $"The server reported {prompt} prompt tokens, more than the prompt can have." : null;
    }
}
