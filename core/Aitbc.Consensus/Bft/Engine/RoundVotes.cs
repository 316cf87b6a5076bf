using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>Weight of the votes that say one thing.</summary>
internal readonly record struct Tally(Hash256 Block, int ValidRound, ulong Weight);

/// <summary>A quorum of prevotes for a block, all with one valid round.</summary>
internal readonly record struct Polka(int Round, Hash256 Block, int ValidRound);

/// <summary>
/// Votes of one round: the first of each validator, and the polka certificates that came whole. A validator that voted
/// twice counts once here; its other vote counts inside a certificate.
/// </summary>
internal sealed class RoundVotes
{
    // More than one polka in a round needs more faults than are tolerated.
    private const int MostCertificates = 4;

    private readonly int round;
    private readonly Vote?[] prevotes;
    private readonly Vote?[] precommits;
    private readonly List<Tally> prevoteTallies;
    private readonly List<Tally> precommitTallies;
    private readonly List<VoteCertificate> certificates;
    private readonly bool[] accused;

    public RoundVotes(int round, int validators)
    {
        this.round = round;
        prevotes = new Vote?[validators];
        precommits = new Vote?[validators];
        prevoteTallies = [];
        precommitTallies = [];
        certificates = [];
        accused = new bool[validators * 2];
    }

    private RoundVotes(RoundVotes other)
    {
        round = other.round;
        prevotes = [.. other.prevotes];
        precommits = [.. other.precommits];
        prevoteTallies = [.. other.prevoteTallies];
        precommitTallies = [.. other.precommitTallies];
        certificates = [.. other.certificates];
        accused = [.. other.accused];
        PrevoteWeight = other.PrevoteWeight;
        PrecommitWeight = other.PrecommitWeight;
    }

    /// <summary>Weight of all who prevoted, whatever for.</summary>
    public ulong PrevoteWeight { get; private set; }

    /// <summary>Weight of all who precommitted, whatever for.</summary>
    public ulong PrecommitWeight { get; private set; }

    public int Count => prevotes.Count(v => v is not null) + precommits.Count(v => v is not null);

    public Vote? Of(VoteKind kind, int signer) => (kind == VoteKind.Prevote ? prevotes : precommits)[signer];

    /// <summary>Keeps the vote if it is the first of its kind; the one that it contradicts otherwise, once.</summary>
    public Vote? Add(Vote vote, ulong weight, RuleSet rules)
    {
        var votes = vote.Kind == VoteKind.Prevote ? prevotes : precommits;
        if (votes[vote.Signer] is { } first)
        {
            if (first.SaysTheSame(vote))
                return null;
            if (rules.Off(Rule.FirstVoteStays))
                AddWeight(vote, weight);
            var place = (vote.Signer * 2) + (vote.Kind == VoteKind.Prevote ? 0 : 1);
            var known = accused[place];
            accused[place] = true;
            return known ? null : first;
        }

        votes[vote.Signer] = vote;
        AddWeight(vote, weight);
        if (vote.Kind == VoteKind.Prevote)
            PrevoteWeight = checked(PrevoteWeight + weight);
        else
            PrecommitWeight = checked(PrecommitWeight + weight);
        return null;
    }

    public void AddCertificate(VoteCertificate certificate)
    {
        if (certificates.Count < MostCertificates && CertificateFor(certificate.Block, certificate.ValidRound) is null)
            certificates.Add(certificate);
    }

    public Polka? FindPolka(ulong quorum, RuleSet rules)
    {
        foreach (var tally in prevoteTallies)
        {
            if (!tally.Block.IsZero && WeightFor(tally, rules) >= quorum)
                return new Polka(round, tally.Block, tally.ValidRound);
        }

        return certificates.Count > 0 && !rules.Off(Rule.OtherVoteCounts)
            ? new Polka(round, certificates[0].Block, certificates[0].ValidRound)
            : null;
    }

    public bool HasPolka(Hash256 block, ulong quorum, RuleSet rules)
    {
        foreach (var tally in prevoteTallies)
        {
            if (tally.Block == block && WeightFor(tally, rules) >= quorum)
                return true;
        }

        return !rules.Off(Rule.OtherVoteCounts) && certificates.Exists(c => c.Block == block);
    }

    public bool HasNilPolka(ulong quorum) => prevoteTallies.Exists(t => t.Block.IsZero && t.Weight >= quorum);

    public VoteCertificate? FindCommit(ulong quorum)
    {
        foreach (var tally in precommitTallies)
        {
            if (tally.Block.IsZero || tally.Weight < quorum)
                continue;
            return Certificate(precommits, tally.Block, -1);
        }

        return null;
    }

    /// <summary>The polka as a certificate, as it came or made of the votes.</summary>
    public VoteCertificate CertificateOf(Polka polka) =>
        CertificateFor(polka.Block, polka.ValidRound) ?? Certificate(prevotes, polka.Block, polka.ValidRound);

    public IReadOnlyList<Vote> Precommits() => [.. precommits.Where(v => v is not null).Select(v => v!)];

    public RoundVotes Clone() => new(this);

    private static VoteCertificate Certificate(Vote?[] votes, Hash256 block, int validRound) =>
        VoteCertificate.FromVotes(
            [.. votes.Where(v => v is not null && v.Block == block && v.ValidRound == validRound).Select(v => v!)],
            votes.Length);

    private VoteCertificate? CertificateFor(Hash256 block, int validRound) =>
        certificates.Find(c => c.Block == block && c.ValidRound == validRound);

    // The mutation adds up prevotes whatever their valid round.
    private ulong WeightFor(Tally tally, RuleSet rules)
    {
        if (!rules.Off(Rule.SameValidRound))
            return tally.Weight;
        var weight = 0UL;
        foreach (var other in prevoteTallies)
            weight += other.Block == tally.Block ? other.Weight : 0;
        return weight;
    }

    private void AddWeight(Vote vote, ulong weight)
    {
        var tallies = vote.Kind == VoteKind.Prevote ? prevoteTallies : precommitTallies;
        for (var i = 0; i < tallies.Count; i++)
        {
            if (tallies[i].Block != vote.Block || tallies[i].ValidRound != vote.ValidRound)
                continue;
            tallies[i] = tallies[i] with { Weight = checked(tallies[i].Weight + weight) };
            return;
        }

        tallies.Add(new Tally(vote.Block, vote.ValidRound, weight));
    }
}
