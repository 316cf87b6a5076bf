namespace Aitbc.Wallet.Access;

/// <summary>
/// Slows guessing: after some wrong answers every further one doubles the time in which nothing is tried, up to a
/// minute. A right answer starts anew, and so does a quiet time, where one is named.
/// </summary>
internal sealed class Attempts(TimeProvider time, int free, TimeSpan? forgottenAfter = null)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private int wrong;
    private DateTimeOffset lastWrong = DateTimeOffset.MinValue;
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

    /// <summary>Counts a wrong answer; true if it is the first one that closes the door.</summary>
    public bool Wrong()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (forgottenAfter is { } quiet && now - lastWrong > quiet)
                wrong = 0;
            lastWrong = now;
            wrong++;
            if (wrong <= free)
                return false;
            var seconds = Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Min(wrong - free - 1, 10)));
            closedUntil = now + TimeSpan.FromSeconds(seconds);
            return wrong == free + 1;
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
