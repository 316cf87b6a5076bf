using System.Runtime.CompilerServices;
using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Selling.Programs;

/// <summary>Runs one program that is paid: gets what it needs, waits for a slot, and checks what was counted.</summary>
/// <param name="engine">Where it runs.</param>
/// <param name="spec">What is run; without a problem.</param>
/// <param name="sent">What came with the request, by its hash.</param>
/// <param name="tools">What every run needs.</param>
internal sealed class ProgramRun(
    IEngine engine, JobSpec spec, IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> sent, ProgramTools tools)
{
    public async IAsyncEnumerable<EnginePiece> StreamAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var place = tools.Slots.TryReserve();
        if (place is null)
        {
            var busy = ProgramWare.Busy(tools.Slots);
            yield return new EndPiece(
                EngineOutcome.Fail(EngineEnds.Busy, busy.Message) with { RetryAfter = busy.RetryAfter });
            yield break;
        }

        var (inputs, missing) = await GatherAsync(cancel);
        if (inputs is null)
        {
            yield return new EndPiece(missing!);
            yield break;
        }

        var outcome = await place.RunAsync(() => RunAsync(inputs, cancel), cancel);
        if (outcome.Succeeded)
            yield return new BytesPiece(outcome.Output);
        yield return new EndPiece(outcome with { Output = default });
    }

    private async Task<EngineOutcome> RunAsync(
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs, CancellationToken cancel)
    {
        var pieces = EngineRun.NumberAsync(engine.StreamAsync(spec, inputs, cancel), tools.Log, cancel);
        var outcome = await EngineRun.CollectAsync(pieces, ProgramTools.MostOutputBytes, cancel);
        return outcome.Units > engine.WorstCaseUnits(spec)
            ? EngineOutcome.Fail(EngineEnds.EngineUntrusted, "The engine counted more units than were allowed.")
            : outcome with { Version = outcome.Version ?? engine.Version };
    }

    // Only for who has paid: what a coordinator has is fetched and kept on this disk.
    private async Task<Gathered> GatherAsync(CancellationToken cancel)
    {
        try
        {
            var needed = engine.Inputs(spec);
            var fetched = await tools.Inputs.GatherAsync([.. needed.Where(h => !sent.ContainsKey(h))], cancel);
            return new Gathered(
                needed.Distinct().ToDictionary(h => h, h => sent.TryGetValue(h, out var b) ? b : fetched[h]), null);
        }
        catch (Exception absent) when (absent is AitbcException or HttpRequestException or IOException
            or InvalidDataException || (absent is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return new Gathered(null, EngineOutcome.Fail(
                EngineEnds.BlobMissing,
                "The module was not sent, and neither this provider nor its coordinator has it."));
        }
    }

    private sealed record Gathered(
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>>? Inputs, EngineOutcome? Missing);
}

/// <summary>What every run of a program needs.</summary>
internal sealed record ProgramTools(ExecutionSlots Slots, InputGathering Inputs, ILogger<ProgramRun> Log)
{
    /// <summary>Bytes of an output at most, as of a job.</summary>
    public const int MostOutputBytes = 8 << 20;
}
