using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What a provider promises with an offer: the result is submitted to the escrow at most so many seconds after the job
/// was funded, by the timestamps of the blocks, or else a part of the charge is not paid. The escrow decides it
/// (specs/contracts/escrow.md, Service levels).
/// </summary>
/// <param name="Seconds">From funding to submission, 1 to <see cref="MostSeconds"/>.</param>
/// <param name="Credit">Ten-thousandths of the charge, 1 to <see cref="WholeCredit"/>.</param>
public sealed record JobLevel(int Seconds, int Credit)
{
    /// <summary>Longest time that can be promised: 30 days.</summary>
    public const int MostSeconds = 2_592_000;

    /// <summary>The whole charge.</summary>
    public const int WholeCredit = 10_000;

    private const int PercentParts = WholeCredit / 100;

    /// <summary>A level as offers and quotes write it, with 0 and 0 for none.</summary>
    public static JobLevel? Of(int seconds, int credit) =>
        seconds == 0 && credit == 0 ? null : new JobLevel(seconds, credit);

    /// <summary>
    /// Reads such as <c>60s:25%</c>: a time with the unit s, m, h or d, and a part of the charge with at most two
    /// decimals.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JobLevel? level)
    {
        level = text?.Split(':') is [var time, [.., '%'] part]
            && SecondsOf(time) is { } seconds && CreditOf(part[..^1]) is { } credit
            ? new JobLevel(seconds, credit) : null;
        return level is not null && level.Problem() is null;
    }

    /// <summary>Whether the escrow holds a job to exactly what was promised; null = to nothing.</summary>
    public static bool IsHeld(JobLevel? promised, EscrowLevel? held) => held is null
        ? promised is null
        : promised is not null && held.Seconds == (ulong)Math.Max(promised.Seconds, 0)
            && held.CreditBasisPoints == (ulong)Math.Max(promised.Credit, 0);

    /// <summary>Null if both numbers are in their ranges; otherwise what is wrong.</summary>
    public string? Problem() => Seconds is < 1 or > MostSeconds
        ? $"A level is 1 to {MostSeconds} seconds."
        : Credit is < 1 or > WholeCredit ? $"The credit of a level is 1 to {WholeCredit} ten-thousandths." : null;

    /// <summary>True if it asks for more than another one: for less time, or for a larger credit.</summary>
    public bool IsStricterThan(JobLevel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Seconds < other.Seconds || Credit > other.Credit;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Seconds}s:{(decimal)Credit / PercentParts:0.##}%");

    private static int? SecondsOf(string text)
    {
        if (text.Length < 2
            || !int.TryParse(text.AsSpan()[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return null;
        long unit = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return (int)Math.Min(count * unit, MostSeconds + 1L);
    }

    private static int? CreditOf(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent <= 100 && decimal.Truncate(percent * PercentParts) == percent * PercentParts
            ? (int)(percent * PercentParts) : null;
}
