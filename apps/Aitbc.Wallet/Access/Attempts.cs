namespace Aitbc.Wallet.Access;

/// <summary>
/// Slows guessing: after some wrong answers every further one doubles the time in which nothing is tried, up to a
/// minute. A right answer starts anew. One for all callers: they cannot be told apart on this machine.
/// </summary>
internal sealed class Attempts(TimeProvider time, int free)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private int wrong;
    private DateTimeOffset closedUntil = DateTimeOffset.MinValue;

    /// <summary>How long nothing is tried; zero = try.</summary>
    public TimeSpan Wait()
    {
        lock (gate)
        {
            var wait = closedUntil - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    public void Wrong()
    {
        lock (gate)
        {
            wrong++;
            if (wrong <= free)
                return;
            var seconds = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(wrong - free - 1, 10)));
            closedUntil = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        }
    }

    public void Right()
    {
        lock (gate)
        {
            wrong = 0;
            closedUntil = DateTimeOffset.MinValue;
        }
    }
}
