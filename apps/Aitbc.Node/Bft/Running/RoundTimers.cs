using Aitbc.Consensus.Bft.Engine;
using static Aitbc.Consensus.Bft.Engine.BftEffect;

namespace Aitbc.Node.Bft.Running;

/// <summary>One time-out of each kind; a later one replaces the one before.</summary>
internal sealed class RoundTimers(Mailbox mailbox, TimeProvider time) : IDisposable
{
    private readonly Dictionary<TimeoutKind, ITimer> running = [];

    public void Schedule(ScheduleTimeout timeout)
    {
        var item = new RunnerItem.Elapsed(timeout.Kind, timeout.Height, timeout.Round);
        if (running.Remove(timeout.Kind, out var before))
            before.Dispose();
        running.Add(timeout.Kind, time.CreateTimer(
            _ => mailbox.Post(item), null, TimeSpan.FromMilliseconds(timeout.Milliseconds), Timeout.InfiniteTimeSpan));
    }

    /// <summary>Forgets all but the repetition.</summary>
    public void Cancel()
    {
        foreach (var kind in running.Keys.Where(k => k != TimeoutKind.Rebroadcast).ToList())
        {
            running.Remove(kind, out var timer);
            timer!.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var timer in running.Values)
            timer.Dispose();
        running.Clear();
    }
}
