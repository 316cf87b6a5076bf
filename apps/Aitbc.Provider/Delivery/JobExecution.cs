using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Delivery;

/// <summary>Runs the engine of an admitted job and fixes what its receipt will say.</summary>
internal sealed class JobExecution(
    JobJournal journal,
    EngineCatalog engines,
    InputGathering inputs,
    EscrowClient escrow,
    ExecutionSlots slots,
    GpuStanding gpus,
    ProviderStats stats,
    TimeProvider time,
    ILogger<JobExecution> log)
{
    // An output is delivered as one blob, which is at most so large.
    private const int MaxOutputBytes = 8 << 20;

    public async Task<JobEntry> ExecuteAsync(
        JobEntry entry, ExecutionSlots.Place? place, bool resumed, CancellationToken stopping)
    {
        var order = entry.Order();
        if (resumed && await MoneyIsGoneAsync(order, stopping) is { } reason)
            return Fail(entry.JobId, "payment_expired", reason);
        var engine = engines.Find(order.Spec);
        if (engine is null || engine.Problem(order.Spec) is not null
            || (order.Terms.Reexecution is { } again && again.EngineVersion != engine.Version))
            return Fail(entry.JobId, EngineEnds.RequestInvalid, "This provider no longer serves the job.");
        var needed = await inputs.GatherAsync(engine.Inputs(order.Spec), stopping);
        using var owed = place is null ? slots.ReserveForOwed() : null;
        return await (place ?? owed!).RunAsync(() => RunAsync(entry.JobId, order, engine, needed, stopping), stopping);
    }

    private async Task<JobEntry> RunAsync(
        string jobId,
        JobOrder order,
        IEngine engine,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> needed,
        CancellationToken stopping)
    {
        journal.Append(jobId, JobStep.Executing, "");
        var started = time.GetUtcNow();
        stats.CountExecuted();
        var pieces = EngineRun.NumberAsync(engine.StreamAsync(order.Spec, needed, stopping), log, stopping);
        var outcome = await EngineRun.CollectAsync(pieces, MaxOutputBytes, stopping);
        if (!outcome.Succeeded)
            return Fail(jobId, outcome.End, outcome.Detail);
        var receipt = ReceiptOf(order, engine, outcome, started);
        if (receipt.Charge > order.Terms.Budget)
            return Fail(
                jobId, EngineEnds.EngineUntrusted, "The engine counted more units than the specification allows.");
        journal.StoreOutput(jobId, outcome.Output.Span);
        return journal.Append(jobId, JobStep.Executed, JsonSerializer.Serialize(receipt, ProviderJson.Default.Receipt));
    }

    private Receipt ReceiptOf(JobOrder order, IEngine engine, EngineOutcome outcome, DateTimeOffset started) => new()
    {
        JobId = order.Terms.JobId,
        ChainId = order.Terms.ChainId,
        Escrow = order.Terms.Escrow,
        Provider = order.Terms.Provider,
        Client = order.Terms.Client,
        Engine = engine.Name,
        EngineVersion = outcome.Version ?? engine.Version,
        SpecHash = order.Terms.SpecHash,
        InputHash = engine.InputHash(order.Spec),
        OutputHash = Keccak256.Hash(outcome.Output.Span),
        Units = outcome.Units,
        UnitKind = engine.UnitKind,
        Charge = order.Terms.Price().Charge(outcome.Units),
        StartedAtMs = (ulong)started.ToUnixTimeMilliseconds(),
        EndedAtMs = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds(),
        Gpu = gpus.Of(order.Spec, (ulong)started.ToUnixTimeMilliseconds()),
    };

    private JobEntry Fail(string jobId, string code, string detail)
    {
        stats.CountFailed();
        return journal.Append(
            jobId,
            JobStep.Failed,
            JsonSerializer.Serialize(new JobFailure(code, detail), ProviderJson.Default.JobFailure));
    }

    /// <summary>Between the admission and a restart the escrow may have been refunded.</summary>
    private async Task<string?> MoneyIsGoneAsync(JobOrder order, CancellationToken stopping)
    {
        var job = await escrow.FindJobAsync(order.Terms.JobId, stopping);
        if (job is null || job.Status != EscrowStatus.Funded)
            return "The payment was withdrawn before the job could run.";
        return job.ExpiredAt <= (ulong)time.GetUtcNow().ToUnixTimeSeconds()
            ? "The payment expired before the job could run." : null;
    }
}
