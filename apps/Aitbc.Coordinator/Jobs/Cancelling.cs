using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Coordinator.Jobs;

/// <summary>
/// The client's way out: before anybody works on the job. Whether money is there is asked from the chain, first.
/// </summary>
internal sealed class Cancelling(JobDesk desk, JobMoves moves, Settler settler)
{
    public const string Code = "cancelled";

    public async Task<JobRow> CancelAsync(Address client, Hash256 id, CancellationToken cancel)
    {
        await desk.OfClientAsync(client, id, cancel);
        await settler.ReconcileAsync(id, cancel);
        var row = await desk.OfClientAsync(client, id, cancel);
        var note = new JobNote("client", Code, "The client gave the job up.");
        var done = row switch
        {
            { State: JobState.Refunded, Reason: Code } => true,
            { State: JobState.Quoted } => await moves.TryMoveAsync(
                row, JobState.Refunded, note, cancel, set => set.SetProperty(j => j.Reason, Code)),
            { State: JobState.Funded, RejectCode: null } => await moves.TryChangeAsync(
                row,
                note,
                set => set.SetProperty(j => j.RejectCode, Code),
                cancel,
                j => j.RejectCode == null && j.LeaseId == null && j.ReceiptJson == null),
            _ => row.RejectCode == Code,
        };
        if (!done)
            throw Refusal.Of(
                409,
                ProblemCodes.WrongState,
                $"The job is {row.State}: it cannot be given up now.",
                JobStateMachine.IsTerminal(row.State)
                    ? "It has ended; GET /v1/jobs/{id}/why tells how."
                    : "Wait for its end; unfinished jobs are refunded when they expire.",
                charged: row.State == JobState.Settled);
        await settler.ReconcileAsync(id, cancel);
        return await desk.OfClientAsync(client, id, cancel);
    }
}
