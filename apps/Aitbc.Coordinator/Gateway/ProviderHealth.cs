namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// What the gateway has seen of one provider: how fast it began, whether it is busy, and whether it fails. Three
/// failures in a row take it out of the choice, for twice as long each time; then one look decides.
/// </summary>
internal sealed class ProviderHealth(TimeProvider time)
{
    private const int MostFailures = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestBusy = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private DateTimeOffset outUntil;
    private DateTimeOffset busyUntil;
    private TimeSpan pause = FirstPause;
    private int failures;
    private long averageUs;

    /// <summary>Average time to the head of a paid answer in milliseconds; 0 = not seen yet.</summary>
    public long AverageMs => Volatile.Read(ref averageUs) / 1000;

    /// <summary>Whether it may be chosen.</summary>
    public bool MayTry
    {
        get
        {
            lock (gate)
                return failures < MostFailures && busyUntil <= time.GetUtcNow();
        }
    }

    /// <summary>Whether it is out and the time for a look has come.</summary>
    public bool MayProbe
    {
        get
        {
            lock (gate)
                return failures < MostFailures || outUntil <= time.GetUtcNow();
        }
    }

    public void Failed()
    {
        lock (gate)
        {
            if (++failures < MostFailures)
                return;
            outUntil = time.GetUtcNow() + pause;
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    public void Worked()
    {
        lock (gate)
            (failures, pause) = (0, FirstPause);
    }

    /// <summary>It has no room; it says for how long.</summary>
    public void Busy(TimeSpan wait)
    {
        lock (gate)
            busyUntil = time.GetUtcNow() + (wait < LongestBusy ? wait : LongestBusy);
    }

    /// <summary>A paid answer began after this time; an eighth of the way each.</summary>
    public void Began(TimeSpan after)
    {
        var us = (long)after.TotalMicroseconds;
        lock (gate)
            averageUs = averageUs == 0 ? us : averageUs + ((us - averageUs) / 8);
    }
}
