using Aitbc.Primitives;

namespace Aitbc.Sdk.Market;

/// <summary>What one payer adds to a score, in 1024ths of a job; together at most
/// <see cref="ReputationTally.Loudest"/>.</summary>
/// <param name="Served">For the provider.</param>
/// <param name="Broken">Against it.</param>
public readonly record struct PayerVoice(long Served, long Broken);

/// <summary>
/// Counts the score of a provider from the marks of its payers (specs/market/reputation.md). Integers only: the same
/// marks give the same score everywhere, in whatever order they are added.
/// </summary>
/// <param name="provider">The provider; marks of its own account are left out.</param>
/// <param name="week">The week for which it is counted, see <see cref="WeekOf"/>.</param>
public sealed class ReputationTally(Address provider, long week)
{
    /// <summary>The score of a provider that nothing is known of.</summary>
    public const int Newcomer = 500;

    /// <summary>The end of the scale, which no number of jobs reaches.</summary>
    public const int Highest = 1000;

    /// <summary>Seconds of a week.</summary>
    public const long WeekSeconds = 604_800;

    /// <summary>Weeks after which a job no longer counts.</summary>
    public const int Horizon = 40;

    /// <summary>The most that one payer weighs: three jobs of this week, in 1024ths.</summary>
    public const long Loudest = 3 * One;

    private const long One = 1024;
    private const long Prior = 2 * One;
    private const int WeeksToHalf = 4;
    private static readonly long[] Weights = [One, 861, 724, 609];

    private long served;
    private long broken;

    /// <summary>The score of what was added: 0 to <see cref="Highest"/>, rounded down.</summary>
    public int Score =>
        (int)(((served * Highest) + (Prior * Newcomer)) / (served + broken + Prior));

    /// <summary>Payers that had a voice.</summary>
    public int Payers { get; private set; }

    /// <summary>The week of a Unix time in seconds, which is not negative.</summary>
    public static long WeekOf(long unixSeconds) => unixSeconds / WeekSeconds;

    /// <summary>What a job weighs that ended so many weeks ago, in 1024ths; 0 from <see cref="Horizon"/>.</summary>
    /// <param name="age">Weeks; a negative age counts as 0.</param>
    public static long Weight(long age) => age switch
    {
        <= 0 => One,
        >= Horizon => 0,
        _ => Weights[age % WeeksToHalf] >> (int)(age / WeeksToHalf),
    };

    /// <summary>
    /// The voice of one payer. Above three jobs it gets no louder; only the share of what was broken in it changes,
    /// rounded against the provider. Negative counts are none.
    /// </summary>
    /// <param name="weeks">How its jobs ended, each week once.</param>
    /// <param name="now">The week for which it is counted.</param>
    public static PayerVoice VoiceOf(IEnumerable<PayerWeek> weeks, long now)
    {
        ArgumentNullException.ThrowIfNull(weeks);
        long good = 0;
        long bad = 0;
        foreach (var one in weeks)
        {
            var weight = Weight(now - one.Week);
            good += Math.Max(one.Served, 0) * weight;
            bad += Math.Max(one.Broken, 0) * weight;
        }

        var whole = good + bad;
        if (whole <= Loudest)
            return new PayerVoice(good, bad);
        var share = ((bad * Loudest) + whole - 1) / whole;
        return new PayerVoice(Loudest - share, share);
    }

    /// <summary>Adds a payer, with all its marks: each once.</summary>
    public void Add(PayerMarks payer)
    {
        ArgumentNullException.ThrowIfNull(payer);
        if (payer.Payer == provider)
            return;
        var voice = VoiceOf(payer.Weeks, week);
        served += voice.Served;
        broken += voice.Broken;
        if (voice != default)
            Payers++;
    }
}
