using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>
/// Votes of a height. Of the current and past rounds all first votes; of rounds to come only those of the highest round
/// of each validator, which is enough to skip and cannot grow.
/// </summary>
internal sealed class VoteBook
{
    private readonly ValidatorSet set;
    private readonly RuleSet rules;
    private readonly SortedList<int, RoundVotes> rounds;
    private readonly Slot?[] future;

    // Only for the mutation that does not bound rounds to come.
    private readonly List<Vote> unbounded;

    public VoteBook(ValidatorSet set, RuleSet rules)
    {
        this.set = set;
        this.rules = rules;
        rounds = [];
        future = new Slot?[set.Count];
        unbounded = [];
    }

    private VoteBook(VoteBook other)
    {
        (set, rules) = (other.set, other.rules);
        rounds = [];
        foreach (var (round, votes) in other.rounds)
            rounds.Add(round, votes.Clone());
        future = [.. other.future];
        unbounded = [.. other.unbounded];
    }

    /// <summary>Votes kept of rounds to come; at most two for each validator.</summary>
    public int FutureCount => unbounded.Count
        + future.Sum(s => (s?.Prevote is null ? 0 : 1) + (s?.Precommit is null ? 0 : 1));

    public RoundVotes? At(int round) => rounds.TryGetValue(round, out var votes) ? votes : null;

    /// <summary>True if keeping the vote would change nothing, so that its signature need not be checked.</summary>
    public bool Knows(Vote vote, int current)
    {
        if (vote.Round <= current)
            return At(vote.Round)?.Of(vote.Kind, vote.Signer)?.SaysTheSame(vote) == true;
        return future[vote.Signer] is { } slot
            && (slot.Round > vote.Round || (slot.Round == vote.Round && slot.Of(vote.Kind)?.SaysTheSame(vote) == true));
    }

    /// <summary>Keeps a verified vote; the one it contradicts, reported once.</summary>
    public Vote? Add(Vote vote, int current)
    {
        if (vote.Round <= current)
        {
            if (!rounds.TryGetValue(vote.Round, out var votes))
                rounds.Add(vote.Round, votes = new RoundVotes(vote.Round, set.Count));
            return votes.Add(vote, set[vote.Signer].Weight, rules);
        }

        if (rules.Off(Rule.FutureRoundsBounded))
            unbounded.Add(vote);
        if (future[vote.Signer] is { } slot && slot.Round >= vote.Round)
        {
            if (slot.Round > vote.Round)
                return null;
            if (slot.Of(vote.Kind) is { } first)
                return first.SaysTheSame(vote) ? null : first;
            future[vote.Signer] = slot.With(vote);
            return null;
        }

        future[vote.Signer] = new Slot(vote.Round, null, null).With(vote);
        return null;
    }

    public void AddCertificate(VoteCertificate certificate)
    {
        if (!rounds.TryGetValue(certificate.Round, out var votes))
            rounds.Add(certificate.Round, votes = new RoundVotes(certificate.Round, set.Count));
        votes.AddCertificate(certificate);
    }

    /// <summary>Takes the votes that came too early for this round out of their place, ascending by signer.</summary>
    public IReadOnlyList<Vote> Enter(int round)
    {
        List<Vote> entered = [];
        for (var i = 0; i < future.Length; i++)
        {
            if (future[i] is not { } slot || slot.Round > round)
                continue;
            future[i] = null;
            if (slot.Prevote is { } prevote)
                entered.Add(prevote);
            if (slot.Precommit is { } precommit)
                entered.Add(precommit);
        }

        return entered;
    }

    /// <summary>The highest round that more than a third has reached; null if none above the current.</summary>
    public int? SkipTarget()
    {
        int? best = null;
        foreach (var candidate in future)
        {
            if (candidate is null || candidate.Round <= best)
                continue;
            var weight = 0UL;
            for (var i = 0; i < future.Length; i++)
                weight += future[i] is { } slot && slot.Round >= candidate.Round ? set[i].Weight : 0;
            if (weight >= set.SkipWeight)
                best = candidate.Round;
        }

        return best;
    }

    /// <summary>One vote of each validator that has reached the round.</summary>
    public IReadOnlyList<Vote> Reached(int round) =>
        [.. future.Where(s => s is not null && s.Round >= round).Select(s => s!.Precommit ?? s.Prevote!)];

    /// <summary>A commit certificate made of precommits of a round to come; null if there is none.</summary>
    public VoteCertificate? FutureCommit(Vote precommit)
    {
        List<Vote> same = [.. future
            .Where(s => s?.Precommit is { } vote && vote.SaysTheSame(precommit)).Select(s => s!.Precommit!)];
        var weight = same.Aggregate(0UL, (sum, vote) => sum + set[vote.Signer].Weight);
        return weight >= rules.QuorumOf(set) ? VoteCertificate.FromVotes(same, set.Count) : null;
    }

    public VoteBook Clone() => new(this);

    private sealed record Slot(int Round, Vote? Prevote, Vote? Precommit)
    {
        public Vote? Of(VoteKind kind) => kind == VoteKind.Prevote ? Prevote : Precommit;

        public Slot With(Vote vote) =>
            vote.Kind == VoteKind.Prevote ? this with { Prevote = vote } : this with { Precommit = vote };
    }
}
