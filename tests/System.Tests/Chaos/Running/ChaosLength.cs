using System.Globalization;

namespace System.Tests.Chaos.Running;

/// <summary>
/// How long it goes on: short in the default run, as long as <c>scripts/chaos</c> says through AITBC_CHAOS_ROUNDS.
/// </summary>
internal static class ChaosLength
{
    public static bool IsLong { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AITBC_CHAOS_ROUNDS"), CultureInfo.InvariantCulture, out _);

    /// <summary>How often a fault is made.</summary>
    public static int Rounds { get; } = IsLong
        ? int.Parse(Environment.GetEnvironmentVariable("AITBC_CHAOS_ROUNDS")!, CultureInfo.InvariantCulture)
        : 1;

    /// <summary>How long a fault lasts.</summary>
    public static TimeSpan Of(double shortSeconds, double longSeconds) =>
        TimeSpan.FromSeconds(IsLong ? longSeconds : shortSeconds);
}
