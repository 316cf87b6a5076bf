using Aitbc.Testing.Network;
using Xunit;

namespace System.Tests.Chaos;

/// <summary>The luck of packets, without any.</summary>
public sealed class PacketRoadTests
{
    private const int Packets = 20_000;
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_road_loses_and_delays_as_its_weather_says_and_the_same_in_every_run()
    {
        var once = Fates(7);
        Assert.Equal(once, Fates(7));
        Assert.NotEqual(once, Fates(8));
        Assert.InRange(once.Count(f => f is null), Packets * 4 / 100, Packets * 6 / 100);
        var times = once.Where(f => f is not null).Select(f => f!.Value).ToList();
        Assert.All(times, t => Assert.InRange(t, Delay - Jitter, Delay + Jitter));
        Assert.InRange(times.Average(t => t.TotalMilliseconds), 49, 51);
        Assert.True(times.Max() - times.Min() > 1.9 * Jitter);
    }

    [Fact]
    public void Nothing_enters_a_road_that_is_cut_and_the_luck_of_later_packets_stays()
    {
        var (cut, clear) = (new PacketRoad(7), new PacketRoad(7));
        cut.Weather = PacketWeather.Cut;
        for (var i = 0; i < 100; i++)
        {
            Assert.Null(cut.Enter());
            Assert.Equal(TimeSpan.Zero, clear.Enter());
            clear.Leave();
        }

        Assert.Equal((100, 0, 0, 100), (cut.Lost, cut.Arrived, clear.Lost, clear.Arrived));
        cut.Weather = clear.Weather = new PacketWeather(Delay, Jitter, 50);
        for (var i = 0; i < 100; i++)
            Assert.Equal(clear.Enter(), cut.Enter());
    }

    [Fact]
    public void A_road_that_is_full_loses_what_comes_more()
    {
        var road = new PacketRoad(1) { Weather = new PacketWeather(Delay) };
        for (var i = 0; i < PacketRoad.Room; i++)
            Assert.Equal(Delay, road.Enter());
        Assert.Null(road.Enter());
        road.Leave();
        Assert.Equal(Delay, road.Enter());
    }

    private static List<TimeSpan?> Fates(ulong seed)
    {
        var road = new PacketRoad(seed) { Weather = new PacketWeather(Delay, Jitter, 50) };
        return
        [
            .. Enumerable.Range(0, Packets).Select(_ =>
            {
                var late = road.Enter();
                if (late is not null)
                    road.Leave();
                return late;
            }),
        ];
    }
}
