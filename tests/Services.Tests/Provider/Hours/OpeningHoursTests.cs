using Aitbc.Provider.Self;
using Xunit;

namespace Services.Tests.Provider.Hours;

/// <summary>Times of day, also where a day is not 24 hours long.</summary>
public sealed class OpeningHoursTests
{
    [Theory]
    [InlineData("2026-06-10T12:00:00Z", null, "09:00-17:00")]
    [InlineData("2026-06-10T09:00:00Z", null, "09:00-17:00")]
    [InlineData("2026-06-10T08:59:59.999Z", "2026-06-10T09:00Z", "09:00-17:00")]
    [InlineData("2026-06-10T17:00:00Z", "2026-06-11T09:00Z", "09:00-17:00")]
    [InlineData("2026-06-10T16:59:59.999Z", null, "09:00-17:00")]
    [InlineData("2026-06-10T23:30:00Z", null, "22:00-07:00")]
    [InlineData("2026-06-10T06:59:00Z", null, "22:00-07:00")]
    [InlineData("2026-06-10T07:00:00Z", "2026-06-10T22:00Z", "22:00-07:00")]
    [InlineData("2026-06-10T12:30:00Z", "2026-06-10T20:00Z", "09:00-12:00", "20:00-24:00")]
    [InlineData("2026-06-10T23:59:59Z", null, "09:00-12:00", "20:00-24:00")]
    [InlineData("2026-06-11T00:00:00Z", "2026-06-11T09:00Z", "09:00-12:00", "20:00-24:00")]
    [InlineData("2026-06-10T03:00:00Z", null)]
    public void It_is_open_in_its_windows_and_says_when_it_opens(string now, string? opens, params string[] hours) =>
        Assert.Equal(Parse(opens), At(now, "UTC", hours).ClosedUntil());

    [Theory]
    [InlineData("2026-01-10T20:30:00Z", "2026-01-10T21:00Z", "22:00-07:00")] // winter: an hour ahead of UTC
    [InlineData("2026-06-10T20:30:00Z", null, "22:00-07:00")] // summer: two hours
    [InlineData("2026-03-28T03:00:00Z", "2026-03-30T00:15Z", "02:15-02:45")] // the clocks skip it on the 29th
    [InlineData("2026-10-25T00:20:00Z", null, "02:15-02:45")] // and have it twice here
    [InlineData("2026-10-25T00:50:00Z", "2026-10-25T01:15Z", "02:15-02:45")]
    public void A_time_zone_changes_its_clocks_and_the_hours_follow(string now, string? opens, string hours) =>
        Assert.Equal(Parse(opens), At(now, "Europe/Berlin", hours).ClosedUntil());

    [Fact]
    public void What_are_no_hours_is_refused_with_a_sentence()
    {
        foreach (var wrong in new[] { "", "22-07", "9:00-17:00", "09:00-09:00", "24:00-07:00", "25:00-26:00", "a-b-c" })
            Assert.Throws<FormatException>(() => At("2026-06-10T12:00:00Z", "UTC", wrong));
        Assert.Throws<FormatException>(() => At("2026-06-10T12:00:00Z", "Nowhere/Here"));
        var many = Enumerable.Range(0, 25).Select(i => $"{i % 23:00}:00-{i % 23:00}:30").ToArray();
        Assert.Throws<FormatException>(() => At("2026-06-10T12:00:00Z", "UTC", many));
    }

    private static OpeningHours At(string now, string zone, params string[] hours) =>
        new(hours, zone, new Still(DateTimeOffset.Parse(now)));

    private static DateTimeOffset? Parse(string? at) => at is null ? null : DateTimeOffset.Parse(at);

    private sealed class Still(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
