namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What a scheduled time-out is for. A later one of the same kind replaces the one before.</summary>
public enum TimeoutKind
{
    /// <summary>Nothing to put into a block: wait this long before round 0.</summary>
    NewHeight = 1,

    /// <summary>For an acceptable proposal.</summary>
    Propose = 2,

    /// <summary>For more prevotes once a quorum has prevoted.</summary>
    Prevote = 3,

    /// <summary>For more precommits once a quorum has precommitted.</summary>
    Precommit = 4,

    /// <summary>Until what was said is said again.</summary>
    Rebroadcast = 5,
}

/// <summary>
/// Times of the protocol in milliseconds, taken from the chain's parameters at the start of each height, so that they
/// change without a restart. Each grows linearly with the round and stops at <see cref="CapMs"/>.
/// </summary>
/// <param name="ProposeMs">Wait for a proposal in round 0.</param>
/// <param name="ProposeStepMs">More for each further round.</param>
/// <param name="VoteMs">Wait for further prevotes or precommits in round 0.</param>
/// <param name="VoteStepMs">More for each further round.</param>
/// <param name="RebroadcastMs">Between two repetitions of what was said.</param>
/// <param name="EmptyBlockMs">After a block, before an empty one is begun. No part of the wait for a proposal.</param>
/// <param name="CapMs">Longest wait of any kind but <paramref name="EmptyBlockMs"/>.</param>
public sealed record BftParameters(
    int ProposeMs, int ProposeStepMs, int VoteMs, int VoteStepMs, int RebroadcastMs, int EmptyBlockMs, int CapMs)
{
    /// <summary>Longest wait that may be asked for, a minute.</summary>
    public const int LongestMs = 60_000;

    /// <summary>For validators on one machine or in one building.</summary>
    public static readonly BftParameters Lan = new(600, 200, 200, 100, 1_000, 2_000, 10_000);

    /// <summary>For validators around the globe.</summary>
    public static readonly BftParameters Wan = new(3_000, 500, 1_000, 500, 5_000, 5_000, 10_000);

    /// <summary>
    /// True if a chain can go on with them: whoever changes the parameters of a chain must refuse others, for they
    /// would stop it.
    /// </summary>
    public bool IsValid => ProposeMs is > 0 and <= LongestMs && VoteMs is > 0 and <= LongestMs
        && RebroadcastMs is > 0 and <= LongestMs && EmptyBlockMs is >= 0 and <= LongestMs
        && ProposeStepMs is >= 0 and <= LongestMs && VoteStepMs is >= 0 and <= LongestMs
        && CapMs is > 0 and <= LongestMs && CapMs >= ProposeMs && CapMs >= VoteMs && CapMs >= RebroadcastMs;

    /// <summary>The wait in milliseconds.</summary>
    /// <param name="kind">What for.</param>
    /// <param name="round">Round, at least 0.</param>
    public int Milliseconds(TimeoutKind kind, int round) => Milliseconds(kind, round, RuleSet.All);

    internal int Milliseconds(TimeoutKind kind, int round, RuleSet rules) => kind switch
    {
        TimeoutKind.NewHeight => EmptyBlockMs,
        TimeoutKind.Rebroadcast => RebroadcastMs,
        TimeoutKind.Propose => Linear(ProposeMs, ProposeStepMs, round, rules),
        _ => Linear(VoteMs, VoteStepMs, round, rules),
    };

    // The mutation doubles without end, as others have done.
    private int Linear(int first, int step, int round, RuleSet rules) => rules.Off(Rule.TimersCapped)
        ? (int)Math.Min(int.MaxValue, (long)first << Math.Min(round, 30))
        : (int)Math.Min(CapMs, first + ((long)step * round));
}
