using System.Text.Json;

namespace Aitbc.Provider.Engines.Models;

/// <summary>One completion of a conversation.</summary>
internal sealed record ChatCall : ModelCall
{
    private const ulong TokensPerTurn = 64;

    // A template may write the description of tools with other spaces and words around them.
    private const ulong ToolExpansion = 2;

    public required IReadOnlyList<ChatTurn> Turns { get; init; }

    /// <summary>A JSON array of functions as OpenAI and Ollama describe them, passed through.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Which of them must be called, as OpenAI says it; servers without the idea are not told.</summary>
    public JsonElement? ToolChoice { get; init; }

    public override long PromptBytes =>
        Turns.Sum(t => t.Bytes) + Bytes(Tools) + Bytes(ToolChoice) + Bytes(Format);

    public override IEnumerable<ReadOnlyMemory<byte>> Images => Turns.SelectMany(t => t.Images);

    public override ulong WorstPromptTokens => TemplateTokens + (ToolExpansion * (ulong)Bytes(Tools))
        + (ulong)Bytes(Format) + Turns.Aggregate(0UL, (sum, turn) => sum + TokensPerTurn + (ulong)turn.Bytes
            + (TokensPerImage * (ulong)turn.Images.Count));

    public override string? Problem(ModelLimits limits)
    {
        if (Turns.Count < 1 || Turns.Count > limits.MaxMessages)
            return $"There must be 1 to {limits.MaxMessages} messages.";
        if (Turns.Any(t => t.Role is not ("system" or "user" or "assistant" or "tool")))
            return "The role of a message is system, user, assistant or tool.";
        if (Tools is { ValueKind: not JsonValueKind.Array })
            return "Tools are an array of functions.";
        return Turns.SelectMany(t => t.ToolCalls).Any(c => !c.HasObjectArguments)
            ? "The arguments of a tool call are a JSON object." : base.Problem(limits);
    }
}

/// <summary>One message: role system, user, assistant or tool, and what belongs to it.</summary>
internal sealed record ChatTurn(string Role, string Content)
{
    /// <summary>PNG, JPEG, GIF or WebP.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Images { get; init; } = [];

    /// <summary>Calls that an assistant made.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>With role tool: which call this answers, and the name of the tool.</summary>
    public string? ToolCallId { get; init; }

    public string? ToolName { get; init; }

    public long Bytes => Count(Content) + Count(ToolCallId) + Count(ToolName)
        + ToolCalls.Sum(c => Count(c.Id) + Count(c.Name) + Count(c.Arguments));

    private static long Count(string? text) => text is null ? 0 : System.Text.Encoding.UTF8.GetByteCount(text);
}

/// <summary>A call of a tool; the arguments are the text of a JSON object.</summary>
internal sealed record ToolCall(string Id, string Name, string Arguments)
{
    public bool HasObjectArguments
    {
        get
        {
            try
            {
                using var parsed = JsonDocument.Parse(Arguments);
                return parsed.RootElement.ValueKind == JsonValueKind.Object;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }
}
