namespace Aitbc.Testing.Network;

/// <summary>What a road does to the packets that enter it from now on.</summary>
/// <param name="Delay">How long one is on its way.</param>
/// <param name="Jitter">So much more or less at most, drawn for each packet: they may overtake each other.</param>
/// <param name="LossPerMille">Of a thousand packets so many never arrive; 1000 = none does.</param>
public sealed record PacketWeather(TimeSpan Delay = default, TimeSpan Jitter = default, int LossPerMille = 0)
{
    /// <summary>All arrive at once.</summary>
    public static PacketWeather Clear { get; } = new();

    /// <summary>None arrives, and nobody is told.</summary>
    public static PacketWeather Cut { get; } = new(LossPerMille: 1000);
}
