using System.Runtime.CompilerServices;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Services.Tests.Provider.Delivery;

/// <summary>
/// An engine that counts how often it was started. It can be held at a gate, and ends as it is told; a unit is a unit
/// of fuel.
/// </summary>
internal sealed class CountingEngine : IEngine
{
    private int _runs;

    public static byte[] Result { get; } = Encoding.UTF8.GetBytes("the result\n");

    public int Runs => Volatile.Read(ref _runs);

    /// <summary>Completes when a run has started.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a run waits for before it ends.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public EngineOutcome Outcome { get; set; } = EngineOutcome.Complete(Result, 40);

    public Exception? Defect { get; set; }

    public string Name => "wasm";

    public string Version { get; init; } = "counting/1";

    public string UnitKind => "fuel";

    public EngineOffer Offer { get; init; } = new("wasm", "wasm", "fuel", new UnitPrice(2, 1), 1_000);

    public TimeSpan LongestRun => TimeSpan.FromSeconds(30);

    public TimeSpan? BusyFor { get; set; }

    public TimeSpan? Busy(JobSpec spec) => BusyFor;

    public string? Problem(JobSpec spec) =>
        spec.Wasm!.MaxFuel > Offer.MaxUnits ? $"maxFuel is at most {Offer.MaxUnits} here." : null;

    public IReadOnlyList<Hash256> Inputs(JobSpec spec) => [spec.Wasm!.InputHash];

    public Hash256 InputHash(JobSpec spec) => spec.Wasm!.InputHash;

    public ulong WorstCaseUnits(JobSpec spec) => spec.Wasm!.MaxFuel;

    public async IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        Interlocked.Increment(ref _runs);
        Started.TrySetResult();
        await Gate.WaitAsync(cancellation);
        if (Defect is not null)
            throw Defect;
        yield return new BytesPiece(Outcome.Output);
        yield return new EndPiece(Outcome);
    }
}
