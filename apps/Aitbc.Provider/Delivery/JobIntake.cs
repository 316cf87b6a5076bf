using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Admission;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Delivery;

/// <summary>
/// The one way into this provider for both doors: room, specification, inputs, payment, journal, and only then the
/// work. Refusals are thrown as <see cref="AitbcException"/> and counted by their code.
/// </summary>
internal sealed class JobIntake(
    JobJournal journal,
    JobPipeline pipeline,
    ActiveJobs active,
    EngineCatalog engines,
    InputGathering inputs,
    BlobStore blobs,
    AdmissionDesk desk,
    ExecutionSlots slots,
    ProviderSelf self,
    Reception reception,
    ProviderLifetime lifetime,
    ProviderStats stats)
{
    /// <summary>
    /// Admits the job and works on it; the task ends when the work has come as far as it can now. The work does not
    /// end with
    /// <paramref name="request"/>: a job outlives the socket that ordered it.
    /// </summary>
    public async Task<JobEntry> TakeAsync(
        JobOrder order, IReadOnlyDictionary<Hash256, byte[]> sent, CancellationToken request)
    {
        try
        {
            var work = active.Find(order.JobId()) ?? await AdmitAsync(order, sent, request);
            return await work.WaitAsync(request);
        }
        catch (AitbcException refusal)
        {
            stats.CountRefused(refusal.Problem.Code);
            throw;
        }
    }

    private async Task<Task<JobEntry>> AdmitAsync(
        JobOrder order, IReadOnlyDictionary<Hash256, byte[]> sent, CancellationToken request)
    {
        var jobId = order.JobId();
        if (journal.Find(jobId) is not null)
            throw AlreadyTaken(jobId);
        if (self.Identity is null)
            throw Refusals.Of(
                ProviderCodes.Starting, 503, "The provider does not know its account yet.", retryable: true);
        if (reception.Closed() is { } closed)
            throw Refusals.Of(closed.Code, 503, closed.Sentence, retryable: true, next: closed.Next);
        var place = slots.TryReserve()
            ?? throw Refusals.Of(
                ProviderCodes.Busy,
                503,
                $"All {slots.Capacity} places are taken.",
                retryable: true,
                next: "Ask again later.");
        var taken = false;
        try
        {
            await VerifyAsync(order, sent, request);
            var payload = JsonSerializer.Serialize(order, ProviderJson.Default.JobOrder);
            if (!journal.TryAdmit(jobId, payload, out _))
                return active.Find(jobId) ?? throw AlreadyTaken(jobId);
            taken = true;
            return pipeline.AdvanceAsync(jobId, place, lifetime.Stopping);
        }
        finally
        {
            if (!taken)
                place.Dispose();
        }
    }

    private async Task VerifyAsync(JobOrder order, IReadOnlyDictionary<Hash256, byte[]> sent, CancellationToken request)
    {
        var engine = engines.Find(order.Spec)
            ?? throw Refusals.Of(ProviderCodes.SpecUnsupported, 422, "This provider does not have that engine.");
        if (engine.Problem(order.Spec) is { } problem)
            throw Refusals.Of(ProviderCodes.SpecUnsupported, 422, problem);
        if (engine.Busy(order.Spec) is { } after)
            throw Refusals.Of(
                ProviderCodes.Busy,
                503,
                "All places of the model are taken.",
                retryable: true,
                next: $"Ask again in {Math.Ceiling(after.TotalSeconds)} s.");
        try
        {
            if (await desk.RefuseAsync(order.Terms, order.Spec, engine, request) is { } refusal)
                throw Refusals.Of(refusal.Code, refusal.Status, refusal.Detail, refusal.Retryable, refusal.Next);
        }
        catch (ChainUnavailableException)
        {
            throw Refusals.Of(
                ProblemCodes.ChainUnavailable, 503, "The node cannot be asked about the payment.", retryable: true);
        }

        var needed = engine.Inputs(order.Spec);
        foreach (var hash in needed.Where(sent.ContainsKey))
        {
            if (Keccak256.Hash(sent[hash]) != hash)
                throw Refusals.Of(ProblemCodes.BlobMissing, 422, $"The input sent as {hash} has another hash.");
            blobs.Write(hash, sent[hash]);
        }

        await inputs.GatherAsync(needed, request);
    }

    private static AitbcException AlreadyTaken(string jobId) => Refusals.Of(
        ProblemCodes.PaymentUsed,
        409,
        "This provider has already worked for this payment.",
        next: $"GET /v1/jobs/{jobId} has the receipt and GET /v1/jobs/{jobId}/result the output.");
}
