using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Aitbc.Sdk.Market;

/// <summary>
/// Hours of each day, such as 22:00-07:00, which may go over midnight (specs/provider.md, "Opening hours"). The end is
/// not in them.
/// </summary>
/// <param name="From">The minute of the day at which they begin, 0 to 1439.</param>
/// <param name="To">The minute at which they end, 0 to 1440; never that of the beginning.</param>
public readonly record struct DailyHours(int From, int To)
{
    private const int MinutesOfDay = 24 * 60;

    /// <summary>Reads HH:mm-HH:mm, 00:00 to 23:59; the end may be 24:00.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hours">What it says.</param>
    /// <returns>False if it is anything else, or if both times are the same.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out DailyHours hours)
    {
        hours = default;
        if (text?.Split('-') is not [var begin, var end] || Minute(begin) is not { } from || Minute(end) is not { } to
            || from == to || from == MinutesOfDay)
            return false;
        hours = new DailyHours(from, to);
        return true;
    }

    /// <summary>Whether a minute of the day, 0 to 1439, is in them.</summary>
    public bool Contains(int minute) => From < To
        ? minute >= From && minute < To
        : minute >= From || minute < To;

    private static int? Minute(string text)
    {
        if (text == "24:00")
            return MinutesOfDay;
        return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? (at.Hour * 60) + at.Minute : null;
    }
}
