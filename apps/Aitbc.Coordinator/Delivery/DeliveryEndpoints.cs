using System.Text.Json;
using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Delivery;

/// <summary>What the assigned provider, and nobody else, tells about its job. Everything may be told again.</summary>
internal static class DeliveryEndpoints
{
    private const int LongestCode = 64;
    private const int LongestDetail = 900;

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/v1/jobs/{id}").WithTags("delivery");
        jobs.MapPost("/running", RunningAsync).WithName("JobRunning").WithScope(AccessScope.Provider);
        jobs.MapPost("/result", ResultAsync).WithName("DeliverResult").WithScope(AccessScope.Provider);
        jobs.MapPost("/failed", FailedAsync).WithName("JobFailed").WithScope(AccessScope.Provider);
    }

    private static async Task<Ok<JobView>> RunningAsync(
        Hash256 id, Caller caller, JobDesk desk, JobMoves moves, CancellationToken cancel)
    {
        var row = await desk.OfProviderAsync(caller.Account, id, cancel);
        var told = row.State switch
        {
            JobState.Assigned => await moves.TryMoveAsync(
                row, JobState.Running, new JobNote("provider", "running", "The provider executes."), cancel),
            JobState.Running or JobState.Submitted or JobState.Settled => true,
            _ => false,
        };
        if (!told)
            throw Late(row);
        return TypedResults.Ok((await desk.OfProviderAsync(caller.Account, id, cancel)).View());
    }

    private static async Task<Ok<JobView>> ResultAsync(
        Hash256 id,
        ResultRequest body,
        Caller caller,
        JobDesk desk,
        JobMoves moves,
        BlobStore blobs,
        SettlementHints hints,
        CancellationToken cancel)
    {
        var row = await desk.OfProviderAsync(caller.Account, id, cancel);
        var json = JsonSerializer.Serialize(body.ReceiptFile, ReceiptJson.Default.ReceiptFile);
        if (row.ReceiptJson == json)
            return TypedResults.Ok(row.View());
        if (row.ReceiptJson is not null)
            throw Refusal.Of(409, ProblemCodes.Conflict, "Another result was delivered for the job.");
        if (JobStateMachine.IsTerminal(row.State) || row.State == JobState.Quoted)
            throw Late(row);
        if (ReceiptRules.Problem(row.Terms(), row.Spec(), body.ReceiptFile) is { } problem)
            throw Refusal.Of(422, ProblemCodes.ReceiptInvalid, problem);
        var output = body.OutputBlobHash;
        if (output != body.ReceiptFile.Receipt.OutputHash)
            throw Refusal.Of(422, ProblemCodes.ReceiptInvalid, "The receipt names another output than the blob.");
        if (await blobs.FindAsync(caller.Account, output, cancel) is null)
            throw Refusal.Of(
                422, ProblemCodes.BlobMissing, $"The blob {output} is not here.", "Put it with PUT /v1/blobs.");
        var kept = await moves.TryChangeAsync(
            row,
            new JobNote(
                "provider",
                "delivered",
                $"Output {output} with the signed receipt.",
                Signed: new Signed(body.ReceiptFile.Signature, caller.Account)),
            set => set.SetProperty(j => j.ReceiptJson, json).SetProperty(j => j.OutputHash, output),
            cancel,
            j => j.ReceiptJson == null);
        if (!kept)
            throw Refusal.Of(409, ProblemCodes.WrongState, "The job moved meanwhile.", "Send it again.", true);
        hints.Give(id);
        return TypedResults.Ok((await desk.OfProviderAsync(caller.Account, id, cancel)).View());
    }

    private static async Task<Ok<JobView>> FailedAsync(
        Hash256 id,
        FailureRequest body,
        Caller caller,
        JobDesk desk,
        JobMoves moves,
        SettlementHints hints,
        CancellationToken cancel)
    {
        if (body.Code.Length is 0 or > LongestCode || body.Code.Any(c => c is not ((>= 'a' and <= 'z') or
            (>= '0' and <= '9') or '_')) || body.Detail.Length > LongestDetail)
        {
            throw Refusal.Invalid(
                $"code is 1 to {LongestCode} of a-z, 0-9 and _, detail at most {LongestDetail} characters.");
        }

        var row = await desk.OfProviderAsync(caller.Account, id, cancel);
        if (row.RejectCode is not null)
            return TypedResults.Ok(row.View());
        if (row.State is not (JobState.Funded or JobState.Assigned or JobState.Running) || row.ReceiptJson is not null)
            throw Late(row);
        var code = Blame.OfProvider(body.Code);
        await moves.TryChangeAsync(
            row,
            new JobNote("provider", "failed", $"{body.Code}: {body.Detail}"),
            set => set.SetProperty(j => j.RejectCode, code),
            cancel,
            j => j.RejectCode == null && j.ReceiptJson == null);
        hints.Give(id);
        return TypedResults.Ok((await desk.OfProviderAsync(caller.Account, id, cancel)).View());
    }

    private static AitbcException Late(JobRow row) => Refusal.Of(
        409,
        ProblemCodes.WrongState,
        $"The job is {row.State}: this cannot be told about it.",
        "See GET /v1/jobs/{id}/why.",
        charged: row.State == JobState.Settled);
}
