using System.Threading.RateLimiting;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// Bounds what settling for others costs: so many an address and minute, and so much in fees a day for all of them.
/// </summary>
internal sealed class SettleGate(CoordinatorOptions options, TimeProvider time) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(
        who => RateLimitPartition.GetFixedWindowLimiter(who, _ => new FixedWindowRateLimiterOptions
        {
            PermitLimit = options.SettlementsPerMinute,
            Window = TimeSpan.FromMinutes(1),
        }));

    private readonly Lock _gate = new();
    private DateOnly _day;
    private UInt256 _spent;

    public void Pass(string who)
    {
        using var lease = _limiter.AttemptAcquire(who);
        if (!lease.IsAcquired)
            throw Refusal.Of(
                429, ProblemCodes.RateLimited,
                $"At most {options.SettlementsPerMinute} payments in a minute are settled for one address.",
                "Wait a minute; the same payment can be settled then.", retryable: true);
    }

    /// <summary>Whether today's fees leave room for one more.</summary>
    public bool HasRoom()
    {
        lock (_gate)
        {
            Turn();
            return _spent < options.SettlementFeesPerDay;
        }
    }

    /// <summary>A fee was paid, in atto-AIT.</summary>
    public void Spent(UInt256 fee)
    {
        lock (_gate)
        {
            Turn();
            _spent += fee;
        }
    }

    public void Dispose() => _limiter.Dispose();

    private void Turn()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (today == _day)
            return;
        (_day, _spent) = (today, UInt256.Zero);
    }
}
