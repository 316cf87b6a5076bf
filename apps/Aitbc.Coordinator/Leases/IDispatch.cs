using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Leases;

/// <summary>
/// Takes a provider's oldest funded job for a lease, for exactly one of any number of simultaneous callers.
/// </summary>
internal interface IDispatch
{
    /// <summary>
    /// The job; null if none waits. It may be given although the caller has given up meanwhile: then it is leased.
    /// </summary>
    Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel);
}

/// <summary>The lease that the job gets.</summary>
internal sealed record LeaseClaim(string LeaseId, DateTimeOffset Now, DateTimeOffset Ends);
