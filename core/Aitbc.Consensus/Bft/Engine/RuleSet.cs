using Aitbc.Consensus.Bft.Validators;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>The rules of specs/consensus.md, section 6, each of which a test can switch off.</summary>
internal enum Rule
{
    FreshProposalOnly,
    PolkaForReproposal,
    LockForbids,
    LockSurvivesNilPolka,
    NoBlindLockPrevote,
    ValidValueAlwaysRises,
    ProposeTimerStays,
    NothingShadows,
    FutureQuorumDecides,
    SkipByThird,
    SkipClearsTimers,
    NewHeightClears,
    BuildOnce,
    ClockOnlyForFirst,
    FutureRoundsBounded,
    FutureHeightsBounded,
    VerifySignatures,
    WholeCertificate,
    SameValidRound,
    OtherVoteCounts,
    ValidOnly,
    PolkaOfThePast,
    RebroadcastVotes,
    RebroadcastRound,
    RebroadcastPolka,
    AttachPolka,
    HelpTheHeightBelow,
    TimersCapped,
    FirstVoteStays,
    QuorumFormula,
    DecideFromAnyRound,
}

/// <summary>
/// Which rules hold. Nodes run with all of them; tests delete one to show that something notices.
/// </summary>
internal sealed class RuleSet
{
    public static readonly RuleSet All = new(0);

    private readonly ulong deleted;

    private RuleSet(ulong deleted) => this.deleted = deleted;

    public static RuleSet Without(Rule rule) => new(1UL << (int)rule);

    /// <summary>The quorum of a set; the mutation takes 2f + 1, which is too little unless n = 3f + 1.</summary>
    public ulong QuorumOf(ValidatorSet set) =>
        Off(Rule.QuorumFormula) ? (2 * Quorum.FaultsOf(set.TotalWeight)) + 1 : set.QuorumWeight;

    public bool Off(Rule rule) => (deleted & (1UL << (int)rule)) != 0;
}
