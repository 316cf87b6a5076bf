using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>The server as an engine of the market.</summary>
internal sealed class OllamaEngine(OllamaLimits limits, UnitPrice price, OllamaServer server) : IEngine
{
    private static readonly string[] Roles = ["system", "user", "assistant"];

    public string Name => EngineNames.Ollama;

    public string Version => "ollama";

    public string UnitKind => "token";

    public EngineOffer Offer { get; } = new(
        EngineNames.Ollama, "model/*", "token", price, (ulong)limits.MaxOutputTokens + (ulong)limits.MaxPromptBytes);

    public TimeSpan LongestRun { get; } = TimeSpan.FromMilliseconds(limits.MaxWallMs + limits.DetectMs);

    public string? Problem(JobSpec spec)
    {
        if (spec.Ollama is not { } ollama)
            return "The specification has no part for the engine ollama.";
        if (ollama.Model.Length is 0 or > 200)
            return "The name of the model must have 1 to 200 characters.";
        if (ollama.MaxOutputTokens < 1 || ollama.MaxOutputTokens > limits.MaxOutputTokens)
            return $"maxOutputTokens must be 1 to {limits.MaxOutputTokens}.";
        if (ollama.Messages.Count < 1 || ollama.Messages.Count > limits.MaxMessages)
            return $"There must be 1 to {limits.MaxMessages} messages.";
        if (ollama.Messages.Any(m => !Roles.Contains(m.Role)))
            return "The role of a message is system, user or assistant.";
        return Chat(spec).Turns.Sum(t => (long)t.Bytes) > limits.MaxPromptBytes
            ? $"The messages may have {limits.MaxPromptBytes} bytes together." : null;
    }

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => [];

    /// <summary>The prompt is part of the specification, so that its hash covers it.</summary>
    public Hash256 InputHash(JobSpec spec) => spec.Hash();

    public ulong WorstCaseUnits(JobSpec spec) => Chat(spec).WorstTokens;

    public Task<EngineOutcome> RunAsync(
        JobSpec spec, IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs, CancellationToken cancellation) =>
        server.ChatAsync(Chat(spec), cancellation);

    private static OllamaChat Chat(JobSpec spec)
    {
        var ollama = spec.Ollama!;
        var turns = ollama.Messages.Select(m => new OllamaTurn(m.Role, m.Content)).ToList();
        return new OllamaChat(ollama.Model, turns, (int)ollama.MaxOutputTokens, ollama.Seed);
    }
}
