using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Reexecution;

/// <summary>
/// Executes a disputed job again and votes for what that gives, once. Whoever cannot know it (another engine version,
/// an end that depends on the machine) does not vote.
/// </summary>
internal sealed class Reexecuting(
    EscrowClient escrow,
    ReexecutionClient hook,
    CaseFile files,
    EngineCatalog engines,
    ExecutionSlots slots,
    EarningBook book,
    TimeProvider time,
    ILogger<Reexecuting> log)
{
    // An output is delivered as one blob, which is at most so large.
    private const int MaxOutputBytes = 8 << 20;

    /// <summary>True when nothing remains to be done; false = it is looked at again.</summary>
    public async Task<bool> AdvanceAsync(ulong jobId, Address me, CancellationToken stopping)
    {
        var dispute = await hook.DisputeAsync(jobId, stopping);
        var job = await escrow.GetJobAsync(jobId, stopping);
        if (job is null)
            return true;
        var vote = await hook.VoteOfAsync(jobId, me, stopping);
        if (!dispute.IsOpen)
        {
            if (vote is not null && vote == dispute.Result)
                book.Restore([Earned(job, dispute)]);
            return true;
        }

        if (vote is not null)
            return false; // what it earns is known when the dispute is over
        if (Now() >= dispute.Deadline)
            return true;
        if (await files.OpenAsync(job, stopping) is not { } told)
            return false;
        if (EngineFor(told) is not { } engine)
            return Abstain(jobId, $"it is for {told.Terms.Reexecution!.EngineVersion}, which does not run here");
        if (told.Terms.Reexecution!.Fee < engine.Offer.Price.Charge(engine.WorstCaseUnits(told.Spec)))
            return Abstain(jobId, "it pays less than this provider asks");
        if (slots.TryReserve() is not { } place)
            return false;
        using (place)
        {
            if (await ResultAsync(told, job, dispute, engine, place, stopping) is not { } result)
                return false;
            if (result.IsZero)
                return true;
            await hook.VoteAsync(me, jobId, result, stopping);
            log.LogInformation(
                "Voted for {Result} about job {Job}; its provider claims {Claimed}.",
                result,
                job.JobKey,
                dispute.Claimed);
            return false;
        }
    }

    /// <summary>What to vote for; null = not yet, zero = never.</summary>
    private async Task<Hash256?> ResultAsync(
        JobView told,
        EscrowJob job,
        Dispute dispute,
        IEngine engine,
        ExecutionSlots.Place place,
        CancellationToken stopping)
    {
        var handover = await files.HandoverAsync(told, job, dispute, stopping);
        // What is late may still come: all of the committee wait equally long for it.
        if (handover == Handover.Missing && Now() < dispute.Deadline - (dispute.VotingTime / 2))
            return null;
        if (handover != Handover.Complete)
            return ReexecutionResult.None;
        var inputs = await files.InputsAsync(told, engine.Inputs(told.Spec), stopping);
        var outcome = await place.RunAsync(() => RunAsync(told.Spec, engine, inputs, stopping), stopping);
        if (outcome.Succeeded)
            return ReexecutionResult.Of(Keccak256.Hash(outcome.Output.Span), outcome.Units);
        if (IsTheSameEverywhere(outcome.End, told.Spec))
            return ReexecutionResult.None;
        Abstain(job.Id, $"it ended here with {outcome.End}, which another machine may not");
        return Hash256.Zero;
    }

    private async Task<EngineOutcome> RunAsync(
        JobSpec spec,
        IEngine engine,
        IReadOnlyDictionary<Hash256, ReadOnlyMemory<byte>> inputs,
        CancellationToken stopping)
    {
        var pieces = EngineRun.NumberAsync(engine.StreamAsync(spec, inputs, stopping), log, stopping);
        return await EngineRun.CollectAsync(pieces, MaxOutputBytes, stopping);
    }

    private IEngine? EngineFor(JobView told) =>
        engines.Find(told.Spec) is { } engine && engine.Version == told.Terms.Reexecution!.EngineVersion
            && engine.Problem(told.Spec) is null ? engine : null;

    /// <summary>
    /// Ends that the program brings about on every machine. Time, stack and the size of outputs depend on the machine
    /// or its owner's settings, and of a script whatever its process may die of.
    /// </summary>
    private static bool IsTheSameEverywhere(string end, JobSpec spec) => end switch
    {
        EngineEnds.FuelExhausted or EngineEnds.ModuleInvalid => true,
        EngineEnds.Trapped or EngineEnds.ExitedWithCode or EngineEnds.MemoryExceeded or EngineEnds.ModuleUnsupported =>
            spec.Wasm is not null,
        _ => false,
    };

    private bool Abstain(ulong jobId, string why)
    {
        log.LogWarning("This provider does not vote about the escrow's job {Job}: {Reason}.", jobId, why);
        return true;
    }

    // By the dispute, which is the same whenever its end is seen.
    private static EarningLine Earned(EscrowJob job, Dispute dispute) => new(
        job.JobKey, (long)(dispute.Deadline - dispute.VotingTime) * 1000, EarningWays.Reexecution, "reexecution",
        dispute.Disputer, 0, 0, 0, dispute.Fee);

    private ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}
