using Aitbc.Sdk.Market;

namespace Aitbc.Provider.Self;

/// <summary>
/// The times of day at which new work is taken (specs/provider.md, "Opening hours"). Without any, always.
/// </summary>
internal sealed class OpeningHours
{
    /// <summary>Windows at most.</summary>
    public const int MostWindows = 24;

    private const int MinutesOfDay = 24 * 60;

    // A window that a change of the clocks skips comes again the day after.
    private const int MostMinutesAhead = 3 * MinutesOfDay;
    private readonly List<DailyHours> windows;
    private readonly TimeZoneInfo zone;
    private readonly TimeProvider time;
    private DateTimeOffset? opensAt;

    /// <summary>Throws <see cref="FormatException"/> with what is wrong in a sentence.</summary>
    /// <param name="hours">Windows such as 22:00-07:00; the end is not in it.</param>
    /// <param name="timeZone">UTC, or the name of a time zone such as Europe/Berlin.</param>
    /// <param name="time">The clock.</param>
    public OpeningHours(IEnumerable<string> hours, string timeZone, TimeProvider time)
    {
        this.time = time;
        windows = [.. hours.Select(Read)];
        if (windows.Count > MostWindows)
            throw new FormatException($"There are at most {MostWindows} windows of hours.");
        zone = TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var found)
            ? found : throw new FormatException($"This machine knows no time zone '{timeZone}'.");
    }

    /// <summary>Null while it is open; else when it opens.</summary>
    public DateTimeOffset? ClosedUntil()
    {
        var now = time.GetUtcNow();
        if (windows.Count == 0 || IsOpen(now))
            return null;
        // Many may be refused meanwhile: looked for once.
        if (opensAt is { } known && known > now && known - now <= TimeSpan.FromMinutes(MostMinutesAhead))
            return known;
        var minute = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        for (var ahead = 1; ahead <= MostMinutesAhead; ahead++)
        {
            if (IsOpen(minute.AddMinutes(ahead)))
            {
                opensAt = minute.AddMinutes(ahead);
                return opensAt;
            }
        }

        return minute.AddMinutes(MostMinutesAhead);
    }

    private bool IsOpen(DateTimeOffset at)
    {
        var minute = (int)TimeZoneInfo.ConvertTime(at, zone).TimeOfDay.TotalMinutes;
        return windows.Any(w => w.Contains(minute));
    }

    private static DailyHours Read(string text) => DailyHours.TryParse(text, out var read)
        ? read
        : throw new FormatException($"'{text}' are no hours such as 22:00-07:00.");
}
