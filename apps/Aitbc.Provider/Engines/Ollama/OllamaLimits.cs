using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>Where Ollama is and what this provider lets a job ask of it.</summary>
public sealed class OllamaLimits : ModelLimits
{
    /// <summary>Address of the server; null reads OLLAMA_HOST and falls back to 127.0.0.1:11434.</summary>
    public string? Host { get; set; }

    /// <summary>
    /// Tokens of prompt and answer together with which every model is loaded, so that no call makes the server load it
    /// anew with another size.
    /// </summary>
    public int ContextTokens { get; set; } = 8192;

    /// <summary>How long a model stays loaded after a call, in seconds; negative = always.</summary>
    public int KeepAliveSeconds { get; set; } = 300;

    /// <summary>How long the list of models with their digests is believed, in milliseconds.</summary>
    public int ModelsForMs { get; set; } = 5000;
}
