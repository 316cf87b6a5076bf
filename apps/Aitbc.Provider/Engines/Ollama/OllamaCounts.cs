namespace Aitbc.Provider.Engines.Ollama;

/// <summary>
/// Whether token counts can be true. They become the client's bill, so counts that cannot be true fail the job instead.
/// </summary>
internal static class OllamaCounts
{
    // End-of-turn and other special tokens are counted and show no text.
    private const long InvisibleTokens = 16;

    /// <summary>Null when plausible, else a sentence.</summary>
    public static string? Problem(OllamaChat chat, long prompt, long output, long visibleBytes)
    {
        if (prompt < 0 || output < 0)
            return "The server reported a negative count of tokens.";
        if (output > chat.MaxOutputTokens)
            return $"The server reported {output} output tokens where {chat.MaxOutputTokens} were allowed.";
        if (output > visibleBytes + InvisibleTokens)
            return $"The server reported {output} output tokens for {visibleBytes} bytes of text.";
        return (ulong)prompt > chat.WorstPromptTokens
            ? $"The server reported {prompt} prompt tokens, more than the prompt has bytes." : null;
    }
}
