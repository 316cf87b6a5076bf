using System.Threading.RateLimiting;

namespace Aitbc.Coordinator.Access;

/// <summary>
/// Counts the calls of each caller in windows of a minute. There are so many windows and no more: two callers may
/// share one, by a hash that is another in each process, so that nobody can choose whose it is.
/// </summary>
internal sealed class CallWindows(int mostInAMinute) : IDisposable
{
    private const int Most = 65_536;

    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, uint>(
        who => RateLimitPartition.GetFixedWindowLimiter(
            (uint)who.GetHashCode(StringComparison.Ordinal) % Most,
            _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = mostInAMinute,
                Window = TimeSpan.FromMinutes(1),
            }));

    /// <summary>Null if the call is within the limit; otherwise how long to wait.</summary>
    public TimeSpan? TryPass(string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromMinutes(1);
    }

    public void Dispose() => limiter.Dispose();
}
