using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Why;

/// <summary>Who did what to a job, when, and what proves it.</summary>
internal static class StoryEndpoints
{
    private const int MostEvents = 1000;

    public static void MapStories(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/jobs/{id}/why", WhyAsync)
            .WithName("WhyJob").WithScope(AccessScope.JobsRead, AccessScope.Provider).WithTags("jobs");

    private static async Task<Ok<JobStory>> WhyAsync(
        Hash256 id,
        Caller caller,
        JobDesk desk,
        IDbContextFactory<CoordinatorDbContext> databases,
        CancellationToken cancel)
    {
        var row = await desk.OfPartyAsync(caller.Account, id, cancel);
        await using var db = await databases.CreateDbContextAsync(cancel);
        var events = await db.Events.AsNoTracking()
            .Where(e => e.JobId == id).OrderBy(e => e.Sequence).Take(MostEvents).ToListAsync(cancel);
        return TypedResults.Ok(new JobStory
        {
            Id = id,
            State = row.State,
            Reason = row.State == JobState.Settled ? null : row.Reason ?? row.RejectCode,
            Charged = row.State == JobState.Settled,
            Charge = row.State == JobState.Settled ? Paid(row) : null,
            Credit = row.State == JobState.Settled ? row.Credit : null,
            Retryable = Endings.Retryable(row),
            Next = Endings.Next(row),
            Events = [.. events.Select(ViewOf)],
        });
    }

    private static UInt256? Paid(JobRow row) => row.ReceiptFile()?.Receipt.Charge is { } charge
        ? charge - UInt256.Min(charge, row.Credit ?? UInt256.Zero) : null;

    private static JobEvent ViewOf(JobEventRow told) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(told.AtMs),
        told.Who,
        told.What,
        told.Detail,
        told.Transaction,
        told.Signature,
        told.Signer,
        $"event={told.Sequence}");
}
