using System.Threading.RateLimiting;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Access;

/// <summary>Bounds the requests of each account, and of each network address that has no token.</summary>
internal sealed class RateGate(CoordinatorOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(
        who => RateLimitPartition.GetFixedWindowLimiter(who, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.RequestsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    public void Pass(string who)
    {
        using var lease = limiter.AttemptAcquire(who);
        if (!lease.IsAcquired)
            throw Refusal.Of(
                429,
                ProblemCodes.RateLimited,
                $"At most {options.RequestsPerMinute} requests in a minute are served.",
                "Wait a minute.",
                retryable: true);
    }

    public void Dispose() => limiter.Dispose();
}
