namespace Aitbc.Sdk.Jobs;

/// <summary>
/// The one state machine of a job. Backward moves exist only from a lost lease to <see cref="JobState.Funded"/>: the
/// money is still there and the work may be leased again.
/// </summary>
public static class JobStateMachine
{
    /// <summary>True for <see cref="JobState.Settled"/> and <see cref="JobState.Refunded"/>.</summary>
    public static bool IsTerminal(JobState state) => state is JobState.Settled or JobState.Refunded;

    /// <summary>True if a job may move so. Nothing leaves a terminal state, and no state moves to itself.</summary>
    public static bool CanMove(JobState from, JobState to) => (from, to) switch
    {
        (JobState.Quoted, JobState.Funded) => true,
        (JobState.Funded, JobState.Assigned or JobState.Submitted) => true,
        (JobState.Assigned, JobState.Running or JobState.Submitted or JobState.Funded) => true,
        (JobState.Running, JobState.Submitted or JobState.Funded) => true,
        (JobState.Submitted, JobState.Disputed or JobState.Settled) => true,
        (JobState.Disputed, JobState.Settled) => true,
        (_, JobState.Refunded) => !IsTerminal(from),
        _ => false,
    };
}
