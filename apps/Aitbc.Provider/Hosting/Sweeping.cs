using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>Keeps a folder from filling the disk.</summary>
internal static class Sweeping
{
    /// <summary>Sweeps at once and then on a timer until it is cancelled. A disk that says no is asked again.</summary>
    /// <param name="sweep">Removes what is old.</param>
    /// <param name="what">What that is, for the log.</param>
    /// <param name="interval">From one sweep to the next.</param>
    /// <param name="time">The clock of the timer.</param>
    /// <param name="log">Hears of a disk that says no.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(
        Action sweep, string what, TimeSpan interval, TimeProvider time, ILogger log, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            try
            {
                sweep();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                log.LogWarning("Old {What} cannot be removed now: {Reason}", what, e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }
}
