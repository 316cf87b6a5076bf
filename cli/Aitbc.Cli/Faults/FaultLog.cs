using System.Collections.Concurrent;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Faults;

/// <summary>A kill, and how long it took until the killed answered again.</summary>
internal sealed record Killed(string Role, TimeSpan At, TimeSpan? BackAfter);

/// <summary>Something that a hostile provider tried and that must not succeed.</summary>
internal sealed record Attack(string Name, bool Refused, string Answer);

/// <summary>What was done to the network, as it happened.</summary>
internal sealed class FaultLog(Output output)
{
    private readonly long began = TimeProvider.System.GetTimestamp();

    public ConcurrentQueue<Killed> Kills { get; } = new();

    public ConcurrentQueue<Attack> Attacks { get; } = new();

    /// <summary>Jobs that a hostile provider took, by what it did to them.</summary>
    public ConcurrentDictionary<string, int> Hostile { get; } = new(StringComparer.Ordinal);

    public TimeSpan Now => TimeProvider.System.GetElapsedTime(began);

    public void Did(string kind) => Hostile.AddOrUpdate(kind, 1, (_, n) => n + 1);

    public void Say(string what) => output.Progress($"{Now.TotalSeconds,6:0.0} s  {what}");
}
