namespace Aitbc.Provider.Linking;

/// <summary>
/// How long to wait before the next try: twice as long each time, and a random part of that, so that all providers of
/// a coordinator that was away do not come back in the same moment.
/// </summary>
/// <param name="chance">A number from 0 on and below 1.</param>
internal sealed class Backoff(Func<double> chance)
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = Shortest;

    /// <summary>From half of the full pause to all of it.</summary>
    public TimeSpan Next()
    {
        var pause = _next * (0.5 + (chance() / 2));
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return pause;
    }

    public void Reset() => _next = Shortest;
}
