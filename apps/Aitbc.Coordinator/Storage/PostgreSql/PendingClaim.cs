using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// A claim that waits for a transaction. Its caller may give up while it waits; once it is taken the answer is owed,
/// since it may be a job.
/// </summary>
internal sealed class PendingClaim(Address provider, LeaseClaim claim)
{
    private readonly TaskCompletionSource<JobRow?> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int decided;

    public Address Provider => provider;

    public LeaseClaim Claim => claim;

    public Task<JobRow?> Answer => answer.Task;

    /// <summary>False if the caller has given up.</summary>
    public bool TryTake() => Interlocked.Exchange(ref decided, 1) == 0;

    public void GiveUp(CancellationToken why)
    {
        if (TryTake())
            answer.TrySetCanceled(why);
    }

    public void Give(JobRow? row) => answer.TrySetResult(row);

    public void Fail(Exception failure) => answer.TrySetException(failure);
}
