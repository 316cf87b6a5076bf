using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Models;

/// <summary>A server of models as an engine of the market: one chat, its text is the output.</summary>
internal abstract class ModelEngine(string name, ModelLimits limits, UnitPrice price, IModelServer server) : IEngine
{
    public string Name { get; } = name;

    public string Version => Name;

    public string UnitKind => "token";

    public EngineOffer Offer { get; } = new(
        name, "model/*", "token", price, (ulong)limits.MaxOutputTokens + (ulong)limits.MaxPromptBytes);

    public TimeSpan LongestRun { get; } = TimeSpan.FromMilliseconds(limits.MaxWallMs + limits.DetectMs);

    public string? Problem(JobSpec spec)
    {
        if (Part(spec) is null)
            return $"The specification has no part for the engine {Name}.";
        return spec.Problem() ?? Chat(spec).Problem(limits);
    }

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => [];

    /// <summary>The prompt is part of the specification, so that its hash covers it.</summary>
    public Hash256 InputHash(JobSpec spec) => spec.Hash();

    public TimeSpan? Busy(JobSpec spec) => server.Slots.Busy(Chat(spec).Model);

    public ulong WorstCaseUnits(JobSpec spec) => Chat(spec).WorstTokens;

    /// <summary>The job was admitted and paid before: it waits for a slot of its model.</summary>
    public IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec, IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs, CancellationToken cancellation) =>
        server.ChatAsync(Chat(spec), Queueing.Owed, cancellation);

    /// <summary>What the server has; null when it does not answer, and then nothing of it is offered.</summary>
    public Task<ModelList?> ModelsAsync(CancellationToken cancellation) => server.ModelsAsync(cancellation);

    protected abstract ChatSpec? Part(JobSpec spec);

    private ChatCall Chat(JobSpec spec)
    {
        var part = Part(spec)!;
        return new ChatCall
        {
            Model = part.Model,
            Turns = [.. part.Messages.Select(m => new ChatTurn(m.Role, m.Content))],
            MaxOutputTokens = part.MaxOutputTokens,
            Seed = part.Seed,
        };
    }
}
