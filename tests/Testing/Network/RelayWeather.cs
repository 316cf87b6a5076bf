namespace Aitbc.Testing.Network;

/// <summary>What a relay does to what goes through it. Bytes come in order and whole, or the connection ends.</summary>
/// <param name="Delay">How long bytes are on their way.</param>
/// <param name="Jitter">So much more at most, drawn anew for each piece.</param>
/// <param name="StallPercent">Part of the pieces that wait for <paramref name="Stall"/> too, as after a loss.</param>
/// <param name="Stall">How long: what a sender waits before it sends again.</param>
/// <param name="IsFrozen">Nothing goes through, and nobody is told.</param>
/// <param name="IsCut">Connections end and new ones are refused.</param>
public sealed record RelayWeather(
    TimeSpan Delay = default, TimeSpan Jitter = default, int StallPercent = 0, TimeSpan Stall = default,
    bool IsFrozen = false, bool IsCut = false)
{
    /// <summary>Everything goes through at once.</summary>
    public static RelayWeather Clear { get; } = new();

    /// <summary>As a cable that is pulled out at one end: connections stay, bytes do not come.</summary>
    public static RelayWeather Frozen { get; } = new(IsFrozen: true);

    /// <summary>As a process that is gone.</summary>
    public static RelayWeather Cut { get; } = new(IsCut: true);
}
