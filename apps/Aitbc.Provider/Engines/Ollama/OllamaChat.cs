namespace Aitbc.Provider.Engines.Ollama;

/// <summary>One completion as Ollama is asked for it.</summary>
internal sealed record OllamaChat(string Model, IReadOnlyList<OllamaTurn> Turns, int MaxOutputTokens, int? Seed)
{
    // Roles, separators and a model's own system text cost tokens that no message shows.
    private const ulong TemplateTokens = 1024;
    private const ulong TokensPerTurn = 64;

    /// <summary>
    /// No tokenizer makes more tokens than bytes, so this bounds what the prompt can honestly be counted as.
    /// </summary>
    public ulong WorstPromptTokens =>
        TemplateTokens + Turns.Aggregate(0UL, (sum, turn) => sum + TokensPerTurn + (ulong)turn.Bytes);

    public ulong WorstTokens => WorstPromptTokens + (ulong)MaxOutputTokens;
}

/// <summary>One message: role system, user or assistant, and its text.</summary>
internal sealed record OllamaTurn(string Role, string Content)
{
    public int Bytes => System.Text.Encoding.UTF8.GetByteCount(Content);
}
