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
        routes.MapGet("/v1/jobs/{id}/why", WhyAsync).WithName("WhyJob").WithTags("jobs");

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
            Retryable = row.State == JobState.Refunded,
            Next = NextOf(row),
            Events = [.. events.Select(e => new JobEvent(
                DateTimeOffset.FromUnixTimeMilliseconds(e.AtMs), e.Who, e.What, e.Detail, e.Transaction))],
        });
    }

    private static string? NextOf(JobRow row) => (row.State, row.RejectCode) switch
    {
        (JobState.Quoted, _) => "The client funds it with openJob, with the terms of the quote.",
        (JobState.Settled, _) => null,
        (JobState.Refunded, _) => "Order again with a new idempotency key.",
        (_, not null) => "The coordinator rejects it and the escrow refunds the client.",
        (JobState.Funded, _) => "The provider takes it, or it is refunded when it expires.",
        (JobState.Assigned or JobState.Running, _) => "The provider submits, or its lease ends.",
        _ => "The coordinator judges the result; if it stays silent the provider may claim its payment.",
    };
}
