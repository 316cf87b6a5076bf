using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Script;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Js;

/// <summary>The sandbox of scripts as an engine of the market.</summary>
internal sealed class JsEngine(JsLimits limits, UnitPrice price, JsSandbox sandbox) : IEngine
{
    private const int StartMs = 5000;

    public string Name => EngineNames.Js;

    public string Version => JsSandbox.Version;

    public string UnitKind => "statement";

    public EngineOffer Offer { get; } = new(EngineNames.Js, "js", "statement", price, limits.MaxStatements);

    public TimeSpan LongestRun { get; } = TimeSpan.FromMilliseconds(limits.MaxWallMs + StartMs);

    public string? Problem(JobSpec spec)
    {
        if (spec.Js is not { } js)
            return "The specification has no part for the engine js.";
        if (js.MaxStatements > limits.MaxStatements)
            return $"maxStatements must be 1 to {limits.MaxStatements}.";
        return js.MaxMemoryMib > limits.MaxMemoryMib
            ? $"maxMemoryMib must be 1 to {limits.MaxMemoryMib}." : spec.Problem();
    }

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => spec.Blobs();

    public Hash256 InputHash(JobSpec spec) => spec.InputHash();

    public ulong WorstCaseUnits(JobSpec spec) => spec.WorstCaseUnits();

    public async IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var js = spec.Js!;
        var request = new ScriptRequest(
            inputs[js.ScriptHash].ToArray(),
            inputs[js.InputHash].ToArray(),
            js.Seed,
            (long)js.MaxStatements,
            js.MaxMemoryMib * (1L << 20),
            limits.MaxOutputBytes,
            limits.MaxWallMs);
        var outcome = await sandbox.RunAsync(request, cancellation);
        // One piece at the end: what a script printed before it failed is no result.
        if (outcome.Succeeded)
            yield return new BytesPiece(outcome.Output);
        yield return new EndPiece(outcome with { Output = default });
    }
}
