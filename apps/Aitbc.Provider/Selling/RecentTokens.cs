namespace Aitbc.Provider.Selling;

/// <summary>Tokens of the output that were given in the last minute, by the second.</summary>
internal sealed class RecentTokens(TimeProvider time)
{
    /// <summary>Whole seconds that are looked back on.</summary>
    public const int Window = 60;

    private readonly Lock gate = new();
    private readonly ulong[] counts = new ulong[Window + 1];
    private readonly long[] seconds = new long[Window + 1];
    private readonly long startedAt = time.GetTimestamp();

    /// <summary>One more was given.</summary>
    public void Count()
    {
        var now = Now();
        var place = now % (Window + 1);
        lock (gate)
        {
            if (seconds[place] != now)
                (seconds[place], counts[place]) = (now, 0);
            counts[place]++;
        }
    }

    /// <summary>
    /// Tokens of the last whole seconds and how many of those there were: fewer than <see cref="Window"/> soon after
    /// the start.
    /// </summary>
    public (ulong Tokens, int Seconds) Read()
    {
        var now = Now();
        lock (gate)
        {
            var tokens = 0UL;
            for (var i = 0; i <= Window; i++)
                tokens += seconds[i] < now && seconds[i] >= now - Window ? counts[i] : 0;
            return (tokens, (int)Math.Min(now, Window));
        }
    }

    private long Now() => (long)time.GetElapsedTime(startedAt).TotalSeconds;
}
