using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Jobs;

/// <summary>
/// The client says that a result which it could still dispute is good, so that the provider need not wait. It stands in
/// the story, which the settlement reads: a crash between the two loses nothing.
/// </summary>
internal sealed class Accepting(JobDesk desk, JobMoves moves, IDbContextFactory<CoordinatorDbContext> databases)
{
    public const string Code = "accepted";

    public async Task AcceptAsync(Address client, Hash256 id, CancellationToken cancel)
    {
        var row = await desk.OfClientAsync(client, id, cancel);
        var done = row.State switch
        {
            JobState.Settled => true,
            JobState.Submitted when row.ReceiptJson is not null && row.Terms().Reexecution is not null =>
                await IsToldAsync(id, Code, cancel) || await moves.TryChangeAsync(
                    row, new JobNote("client", Code, "The client accepts the result."), _ => { }, cancel),
            _ => false,
        };
        if (!done)
            throw Refusal.Of(
                409,
                ProblemCodes.WrongState,
                $"The job is {row.State}: there is nothing to accept now.",
                JobStateMachine.IsTerminal(row.State) || row.State == JobState.Disputed
                    ? "GET /v1/jobs/{id}/why tells how it goes on."
                    : "A job with a committee is accepted once delivered.",
                retryable: !JobStateMachine.IsTerminal(row.State));
    }

    /// <summary>Whether the story of a job has this of its client or of the coordinator.</summary>
    public async Task<bool> IsToldAsync(Hash256 job, string what, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Events.AnyAsync(
            e => e.JobId == job && e.What == what && (e.Who == "client" || e.Who == "coordinator"), cancel);
    }
}
