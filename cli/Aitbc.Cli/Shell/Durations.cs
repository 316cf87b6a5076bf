using System.Globalization;

namespace Aitbc.Cli.Shell;

/// <summary>Durations as people type them: 45s, 90m, 12h, 30d.</summary>
internal static class Durations
{
    private const int MostDays = 36_500;

    public static TimeSpan Read(string text)
    {
        if (text.Length >= 2
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            switch (text[^1])
            {
                case 's':
                    return TimeSpan.FromSeconds(count);
                case 'm':
                    return TimeSpan.FromMinutes(count);
                case 'h':
                    return TimeSpan.FromHours(count);
                case 'd' when count <= MostDays:
                    return TimeSpan.FromDays(count);
            }
        }

        throw CliFailure.Usage($"'{text}' is no duration, such as 45s, 90m, 12h or 30d.");
    }
}
