namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// A server of models, as the doors and the engines of the market use it. Every failure is an end with a code; only
/// cancellation by the reader is thrown, and it ends the connection, which stops the server's work.
/// </summary>
internal interface IModelServer
{
    /// <summary>Who uses which model now.</summary>
    ModelSlots Slots { get; }

    /// <summary>Null when nothing that speaks the protocol answers within the time for questions.</summary>
    Task<ModelList?> ModelsAsync(CancellationToken cancellation);

    /// <summary>Text, thoughts and tool calls, then usage, then the end.</summary>
    IAsyncEnumerable<EnginePiece> ChatAsync(ChatCall call, Queueing queueing, CancellationToken cancellation);

    /// <summary>Text, then usage, then the end.</summary>
    IAsyncEnumerable<EnginePiece> GenerateAsync(GenerateCall call, Queueing queueing, CancellationToken cancellation);

    Task<Embeddings> EmbedAsync(EmbedCall call, Queueing queueing, CancellationToken cancellation);
}

/// <summary>Whether a call may be refused when its model is busy, or was taken before and waits.</summary>
internal enum Queueing
{
    MayBeRefused,
    Owed,
}

/// <summary>What a server has: its version and its models.</summary>
internal sealed record ModelList(string Version, IReadOnlyList<ModelState> Models)
{
    public ModelState? Find(string name) =>
        Models.FirstOrDefault(m => m.Name == name) ?? Models.FirstOrDefault(m => m.Name == name + ":latest");
}

/// <summary>One model. Null = the server does not say.</summary>
internal sealed record ModelState(string Name)
{
    /// <summary>Hash of the model's files.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether it is loaded, so that the first token does not wait for it.</summary>
    public bool? Warm { get; init; }

    /// <summary>Tokens of prompt and answer together that it was loaded with.</summary>
    public long? ContextTokens { get; init; }

    /// <summary>Such as completion, tools, vision, embedding.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];
}
