using Aitbc.Primitives;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Engines;

/// <summary>Something that turns a job's inputs into an output and counts the units it used.</summary>
internal interface IEngine
{
    /// <summary>The name that a specification gives, such as <c>wasm</c>.</summary>
    string Name { get; }

    /// <summary>Name and version as a receipt states them: equal units are promised for equal versions only.</summary>
    string Version { get; }

    /// <summary>What one unit is: <c>fuel</c>, <c>statement</c>, <c>second</c> or <c>token</c>.</summary>
    string UnitKind { get; }

    /// <summary>What this engine sells.</summary>
    EngineOffer Offer { get; }

    /// <summary>The same, thing by thing, where one engine sells several; as it was when it was last looked.</summary>
    IReadOnlyList<EngineOffer> Offers => [Offer];

    /// <summary>The longest time from the start of a run to its end.</summary>
    TimeSpan LongestRun { get; }

    /// <summary>The same for one specification without a problem.</summary>
    TimeSpan LongestRunOf(JobSpec spec) => LongestRun;

    /// <summary>Checks the specification against this provider's limits; null means that it can be served.</summary>
    string? Problem(JobSpec spec);

    /// <summary>The blobs that the specification needs; only of one without a problem.</summary>
    IReadOnlyList<Hash256> Inputs(JobSpec spec);

    /// <summary>What the receipt names as the input.</summary>
    Hash256 InputHash(JobSpec spec);

    /// <summary>Null while there is room for the job, else when to come again.</summary>
    TimeSpan? Busy(JobSpec spec) => null;

    /// <summary>The most units that the specification allows, whatever the inputs hold.</summary>
    ulong WorstCaseUnits(JobSpec spec);

    /// <summary>What can be sold now; none where that which does the work is not there.</summary>
    Task<IReadOnlyList<EngineOffer>> LookAsync(CancellationToken cancel) => Task.FromResult(Offers);

    /// <summary>
    /// Runs the job, piece by piece, to one of the ends of <see cref="EngineEnds"/>. Cancellation is not an end: it
    /// stops the engine, is thrown, and the job counts as not run. A reader that leaves the stream stops the engine
    /// too.
    /// </summary>
    IAsyncEnumerable<EnginePiece> StreamAsync(
        JobSpec spec, IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs, CancellationToken cancellation);
}
