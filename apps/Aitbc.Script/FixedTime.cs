using Jint.Runtime;

namespace Aitbc.Script;

/// <summary>A clock that stands still at 2020-01-01T00:00:00Z, in UTC.</summary>
internal sealed class FixedTime(ITimeSystem parser) : ITimeSystem
{
    private static readonly DateTimeOffset Moment = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public TimeZoneInfo DefaultTimeZone => TimeZoneInfo.Utc;

    public DateTimeOffset GetUtcNow() => Moment;

    public TimeSpan GetUtcOffset(long epochMilliseconds) => TimeSpan.Zero;

    public bool TryParse(string date, out long epochMilliseconds) => parser.TryParse(date, out epochMilliseconds);
}
