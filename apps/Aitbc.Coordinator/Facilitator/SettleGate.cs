using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// Bounds what settling for others costs: so many an address and minute, and so much in fees a day for all of them.
/// </summary>
internal sealed class SettleGate(CoordinatorOptions options, TimeProvider time) : IDisposable
{
    private readonly CallWindows _windows = new(options.SettlementsPerMinute);
    private readonly Lock _gate = new();
    private DateOnly _day;
    private UInt256 _spent;

    public void Pass(string who)
    {
        if (_windows.TryPass(who) is { } wait)
            throw Refusal.Limited(
                $"At most {options.SettlementsPerMinute} payments in a minute are settled for one address.",
                "Wait so long; the same payment can be settled then.",
                wait);
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

    public void Dispose() => _windows.Dispose();

    private void Turn()
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (today == _day)
            return;
        (_day, _spent) = (today, UInt256.Zero);
    }
}
