using System.Globalization;
using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Jobs;

internal static class JobEndpoints
{
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs").WithTags("jobs");
        jobs.MapPost("", OrderAsync).WithName("OrderJob").WithScope(AccessScope.JobsWrite);
        jobs.MapGet("", ListAsync).WithName("ListJobs").WithScope(AccessScope.JobsRead, AccessScope.Provider);
        jobs.MapGet("/{id}", ShowAsync).WithName("ShowJob").WithScope(AccessScope.JobsRead, AccessScope.Provider);
        jobs.MapGet("/{id}/result", ResultAsync)
            .WithName("JobResult").WithScope(AccessScope.JobsRead, AccessScope.Provider)
            .Produces(200, contentType: "application/octet-stream");
        jobs.MapGet("/{id}/receipt", ReceiptAsync)
            .WithName("JobReceipt").WithScope(AccessScope.JobsRead, AccessScope.Provider);
        jobs.MapGet("/{id}/blobs/{hash}", BlobAsync)
            .WithName("JobBlob").WithScope(AccessScope.JobsRead, AccessScope.Provider)
            .Produces(200, contentType: "application/octet-stream");
        jobs.MapPost("/{id}/accept", AcceptAsync).WithName("AcceptJob").WithScope(AccessScope.JobsWrite);
        jobs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelJob").WithScope(AccessScope.JobsWrite);
        jobs.MapPost("/{id}/funded", FundedAsync).WithName("JobFunded").WithScope(AccessScope.JobsWrite);
    }

    private static async Task<Results<Created<JobView>, Ok<JobView>>> OrderAsync(
        OrderRequest body, Caller caller, Ordering ordering, CancellationToken cancel)
    {
        var (job, made) = await ordering.OrderAsync(caller.Account, body, cancel);
        return made ? TypedResults.Created($"/v1/jobs/{job.Id}", job.View()) : TypedResults.Ok(job.View());
    }

    private static async Task<Ok<JobPage>> ListAsync(
        Caller caller, JobDesk desk, CancellationToken cancel, int limit = 20, string? after = null)
    {
        long? before = after is null ? null
            : long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence
            : throw Refusal.Invalid("after is not a cursor of an earlier page.");
        return TypedResults.Ok(await desk.ListAsync(caller.Account, PageLimit.Check(limit), before, cancel));
    }

    private static async Task<Ok<JobView>> ShowAsync(
        Hash256 id, Caller caller, JobDesk desk, CancellationToken cancel) =>
        TypedResults.Ok((await desk.OfReaderAsync(caller.Account, id, cancel)).View());

    private static async Task<IResult> ResultAsync(
        Hash256 id, Caller caller, JobDesk desk, BlobStore blobs, CancellationToken cancel)
    {
        var row = await desk.OfReaderAsync(caller.Account, id, cancel);
        return row.OutputHash is { } hash && await blobs.ReadAsync(hash, cancel) is { } bytes
            ? TypedResults.Bytes(bytes, "application/octet-stream")
            : throw NothingYet(row.State);
    }

    private static async Task<JsonHttpResult<ReceiptFile>> ReceiptAsync(
        Hash256 id, Caller caller, JobDesk desk, CancellationToken cancel)
    {
        var row = await desk.OfReaderAsync(caller.Account, id, cancel);
        return row.ReceiptFile() is { } file
            ? TypedResults.Json(file, ReceiptJson.Default.ReceiptFile)
            : throw NothingYet(row.State);
    }

    /// <summary>What the job reads, for whoever executes it again.</summary>
    private static async Task<IResult> BlobAsync(
        Hash256 id, Hash256 hash, Caller caller, JobDesk desk, BlobStore blobs, CancellationToken cancel)
    {
        var row = await desk.OfReaderAsync(caller.Account, id, cancel);
        return row.Spec().Blobs().Contains(hash) && await blobs.ReadAsync(hash, cancel) is { } bytes
            ? TypedResults.Bytes(bytes, "application/octet-stream")
            : throw Refusal.Of(404, ProblemCodes.BlobNotFound, $"The job reads no blob {hash}.");
    }

    private static async Task<Ok<JobView>> AcceptAsync(
        Hash256 id, Caller caller, Accepting accepting, JobDesk desk, Settler settler, CancellationToken cancel)
    {
        await desk.OfClientAsync(caller.Account, id, cancel);
        await settler.ReconcileAsync(id, cancel);
        await accepting.AcceptAsync(caller.Account, id, cancel);
        await settler.ReconcileAsync(id, cancel);
        return TypedResults.Ok((await desk.OfClientAsync(caller.Account, id, cancel)).View());
    }

    private static async Task<Ok<JobView>> CancelAsync(
        Hash256 id, Caller caller, Cancelling cancelling, CancellationToken cancel) =>
        TypedResults.Ok((await cancelling.CancelAsync(caller.Account, id, cancel)).View());

    /// <summary>A hint only: what the caller says is not believed, the chain is read.</summary>
    private static async Task<Ok<JobView>> FundedAsync(
        Hash256 id, FundedHint body, Caller caller, JobDesk desk, Settler settler, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(body);
        await desk.OfClientAsync(caller.Account, id, cancel);
        await settler.ReconcileAsync(id, cancel);
        return TypedResults.Ok((await desk.OfClientAsync(caller.Account, id, cancel)).View());
    }

    private static AitbcException NothingYet(JobState state) => Refusal.Of(
        404,
        ProblemCodes.NotFound,
        $"The job is {state} and has no result.",
        JobStateMachine.IsTerminal(state) ? "See why with GET /v1/jobs/{id}/why." : "Ask again later.",
        retryable: !JobStateMachine.IsTerminal(state),
        charged: state == JobState.Settled);
}
