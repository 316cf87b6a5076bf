namespace Aitbc.Testing.Network;

/// <summary>
/// One direction between two machines. Its seed decides which packets are lost and how late each is: the nth packet has
/// the same luck in every run, whatever the weather was before.
/// </summary>
public sealed class PacketRoad(ulong seed)
{
    /// <summary>Packets on their way at most, as many as netem holds by default; one more is lost.</summary>
    public const int Room = 1000;

    private const int Fine = 1 << 20;
    private readonly Xoshiro luck = new(seed);
    private readonly Lock gate = new();
    private PacketWeather weather = PacketWeather.Clear;
    private int onTheWay;

    /// <summary>How it is from now on; what is on its way already arrives as it was drawn.</summary>
    public PacketWeather Weather
    {
        get
        {
            lock (gate)
                return weather;
        }

        set
        {
            lock (gate)
                weather = value;
        }
    }

    /// <summary>Packets that arrived.</summary>
    public long Arrived { get; private set; }

    /// <summary>Packets that did not, nor will.</summary>
    public long Lost { get; private set; }

    /// <summary>A packet enters: how long it takes; null = it is lost.</summary>
    public TimeSpan? Enter()
    {
        lock (gate)
        {
            // Both are drawn for every packet, so that the weather does not shift the luck of those behind.
            var (fate, late) = (luck.Below(1000), luck.Below((2 * Fine) + 1) - Fine);
            if (fate < weather.LossPerMille || onTheWay == Room)
            {
                Lost++;
                return null;
            }

            onTheWay++;
            var ticks = weather.Delay.Ticks + (weather.Jitter.Ticks * late / Fine);
            return TimeSpan.FromTicks(Math.Max(0, ticks));
        }
    }

    /// <summary>One that entered is there.</summary>
    public void Leave()
    {
        lock (gate)
        {
            onTheWay--;
            Arrived++;
        }
    }
}
