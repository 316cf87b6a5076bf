namespace Aitbc.Provider.Engines.Ollama;

/// <summary>Where Ollama is and what this provider lets a job ask of it.</summary>
public sealed class OllamaLimits
{
    /// <summary>Address of the server; null reads OLLAMA_HOST and falls back to 127.0.0.1:11434.</summary>
    public string? Host { get; set; }

    /// <summary>Time to answer for the detection of the server, in milliseconds.</summary>
    public int DetectMs { get; set; } = 1000;

    /// <summary>Time for one completion, loading of the model included, in milliseconds.</summary>
    public int MaxWallMs { get; set; } = 300_000;

    public int MaxOutputTokens { get; set; } = 4096;

    public int MaxMessages { get; set; } = 64;

    /// <summary>UTF-8 bytes of all messages together.</summary>
    public int MaxPromptBytes { get; set; } = 256 * 1024;

    /// <summary>Bytes of one answer of the server, envelope included.</summary>
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;
}
