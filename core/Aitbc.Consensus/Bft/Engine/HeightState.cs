using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>Where a validator stands within a round.</summary>
public enum RoundStep
{
    /// <summary>Before round 0: the height may wait for work.</summary>
    NewHeight = 0,

    /// <summary>Waits for a proposal.</summary>
    Propose = 1,

    /// <summary>Has prevoted.</summary>
    Prevote = 2,

    /// <summary>Has precommitted.</summary>
    Precommit = 3,

    /// <summary>The height is decided.</summary>
    Decided = 4,
}

/// <summary>
/// All that is known of one height. A new height gets a new one, so that nothing of the old can be left over: no lock,
/// vote, certificate, open question or time-out.
/// </summary>
internal sealed class HeightState
{
    public HeightState(ulong height, ValidatorSet set, BftParameters parameters, int me, RuleSet rules)
    {
        (Height, Set, Parameters, Me) = (height, set, parameters, me);
        Votes = new VoteBook(set, rules);
        Proposals = new ProposalBook(set.Count);
        Blocks = new BlockBook();
        Unsigned = [];
    }

    private HeightState(HeightState other)
    {
        (Height, Set, Parameters, Me) = (other.Height, other.Set, other.Parameters, other.Me);
        (Votes, Proposals, Blocks) = (other.Votes.Clone(), other.Proposals.Clone(), other.Blocks.Clone());
        Unsigned = [.. other.Unsigned];
        (Round, Step) = (other.Round, other.Step);
        (LockedRound, LockedBlock) = (other.LockedRound, other.LockedBlock);
        (ValidRound, ValidBlock) = (other.ValidRound, other.ValidBlock);
        (BestPolka, FuturePolka) = (other.BestPolka, other.FuturePolka);
        (Entry, Commit) = (other.Entry, other.Commit);
        (PolkaDone, PrevoteTimer, PrecommitTimer) = (other.PolkaDone, other.PrevoteTimer, other.PrecommitTimer);
        (BuildPending, BlockBelowIsWanted) = (other.BuildPending, other.BlockBelowIsWanted);
        (OwnProposal, OwnPrevote, OwnPrecommit) = (other.OwnProposal, other.OwnPrevote, other.OwnPrecommit);
    }

    public ulong Height { get; }

    public ValidatorSet Set { get; }

    public BftParameters Parameters { get; }

    /// <summary>Own index; -1 for a node that only follows.</summary>
    public int Me { get; }

    public VoteBook Votes { get; }

    public ProposalBook Proposals { get; }

    public BlockBook Blocks { get; }

    /// <summary>Messages that the guard was asked to sign and has not yet.</summary>
    public List<SignedMessage> Unsigned { get; }

    public int Round { get; set; } = -1;

    public RoundStep Step { get; set; }

    public int LockedRound { get; set; } = -1;

    public Hash256 LockedBlock { get; set; }

    public int ValidRound { get; set; } = -1;

    public Hash256 ValidBlock { get; set; }

    /// <summary>The polka of the highest round up to the current that is known, of a block known or not.</summary>
    public Polka? BestPolka { get; set; }

    /// <summary>A polka certificate of a round that is not entered yet; the highest.</summary>
    public VoteCertificate? FuturePolka { get; set; }

    /// <summary>What let this validator enter the current round.</summary>
    public RoundCertificate? Entry { get; set; }

    /// <summary>The quorum of precommits that decides.</summary>
    public VoteCertificate? Commit { get; set; }

    /// <summary>True once the polka of the current round has been acted upon.</summary>
    public bool PolkaDone { get; set; }

    public bool PrevoteTimer { get; set; }

    public bool PrecommitTimer { get; set; }

    /// <summary>True while a block for the current round is being built.</summary>
    public bool BuildPending { get; set; }

    /// <summary>True if somebody still votes on the height below.</summary>
    public bool BlockBelowIsWanted { get; set; }

    public Proposal? OwnProposal { get; set; }

    public Vote? OwnPrevote { get; set; }

    public Vote? OwnPrecommit { get; set; }

    public HeightState Clone() => new(this);
}
