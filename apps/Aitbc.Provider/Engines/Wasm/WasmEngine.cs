using System.Runtime.CompilerServices;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>The sandbox as an engine of the market.</summary>
internal sealed class WasmEngine(WasmLimits limits, UnitPrice price, WasmSandbox sandbox) : IEngine
{
    public string Name => EngineNames.Wasm;

    public string Version => WasmSandbox.Version;

    public string UnitKind => "fuel";

    public EngineOffer Offer { get; } = new(EngineNames.Wasm, "wasm", "fuel", price, limits.MaxFuel);

    public TimeSpan LongestRun { get; } = TimeSpan.FromMilliseconds(limits.MaxWallMs);

    public string? Problem(JobSpec spec)
    {
        if (spec.Wasm is not { } wasm)
            return "The specification has no part for the engine wasm.";
        if (wasm.MaxFuel is 0 || wasm.MaxFuel > limits.MaxFuel)
            return $"maxFuel must be 1 to {limits.MaxFuel}.";
        if (wasm.MaxMemoryMib < 1 || wasm.MaxMemoryMib > limits.MaxMemoryMib)
            return $"maxMemoryMib must be 1 to {limits.MaxMemoryMib}.";
        if (wasm.Args.Count > limits.MaxArgs
            || wasm.Args.Sum(a => Encoding.UTF8.GetByteCount(a) + 1) > limits.MaxArgBytes)
            return $"At most {limits.MaxArgs} arguments of {limits.MaxArgBytes} bytes together are allowed.";
        return wasm.Args.Any(a => a.Contains('\0')) ? "Arguments cannot contain a zero byte." : null;
    }

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => [spec.Wasm!.ModuleHash, spec.Wasm.InputHash];

    public Hash256 InputHash(JobSpec spec) => spec.Wasm!.InputHash;

    public ulong WorstCaseUnits(JobSpec spec) => spec.Wasm!.MaxFuel;

    public async IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var wasm = spec.Wasm!;
        var run = new WasmRun(
            inputs[wasm.ModuleHash], inputs[wasm.InputHash], wasm.Args, wasm.MaxFuel, wasm.MaxMemoryMib);
        var outcome = await sandbox.RunAsync(run, cancellation);
        // One piece at the end: what a program wrote before it failed is no result.
        if (outcome.Succeeded)
            yield return new BytesPiece(outcome.Output);
        yield return new EndPiece(outcome with { Output = default });
    }
}
