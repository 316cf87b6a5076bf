namespace Aitbc.Provider.Engines.Models;

/// <summary>What this provider lets one call ask of a server of models, and what it takes from it.</summary>
public abstract class ModelLimits
{
    /// <summary>Time to answer for questions about the server itself, in milliseconds.</summary>
    public int DetectMs { get; set; } = 1000;

    /// <summary>Time for one call, waiting for a slot and loading of the model included, in milliseconds.</summary>
    public int MaxWallMs { get; set; } = 300_000;

    public int MaxOutputTokens { get; set; } = 4096;

    public int MaxMessages { get; set; } = 64;

    /// <summary>UTF-8 bytes of all messages together, tools and formats included.</summary>
    public int MaxPromptBytes { get; set; } = 256 * 1024;

    /// <summary>Pictures of one call, and their bytes together.</summary>
    public int MaxImages { get; set; } = 8;

    public int MaxImageBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Texts of one call for embeddings.</summary>
    public int MaxEmbeddingInputs { get; set; } = 256;

    /// <summary>Bytes of one answer of the server, envelope included.</summary>
    public int MaxResponseBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of one line or event of a stream.</summary>
    public int MaxLineBytes { get; set; } = 1024 * 1024;

    /// <summary>Calls of one model at the same time (1 to 1024).</summary>
    public int SlotsPerModel { get; set; } = 4;

    /// <summary>Calls of one model that may wait for a slot (0 to 4096); beyond that is a refusal.</summary>
    public int QueuePerModel { get; set; } = 16;

    internal string? Problem() => this switch
    {
        { DetectMs: < 1 } or { MaxWallMs: < 1 } or { MaxOutputTokens: < 1 } or { MaxMessages: < 1 } =>
            "Times, tokens and messages must be more than 0.",
        { MaxLineBytes: < 1024 } or { MaxResponseBytes: < 1024 } => "Lines and answers must have room for 1024 bytes.",
        { SlotsPerModel: < 1 or > 1024 } => "SlotsPerModel must be 1 to 1024.",
        { QueuePerModel: < 0 or > 4096 } => "QueuePerModel must be 0 to 4096.",
        _ => null,
    };
}
