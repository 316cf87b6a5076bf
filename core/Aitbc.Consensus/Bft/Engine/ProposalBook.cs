using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>A proposal and whether its time fitted the clock when it came; null = not known yet.</summary>
internal sealed record ProposalEntry(Proposal Proposal, bool? Timely);

/// <summary>
/// Proposals of a height. Of the current and past rounds two each, which is enough to prove that the proposer made two;
/// of rounds to come the highest of each proposer.
/// </summary>
internal sealed class ProposalBook
{
    private const int PerRound = 2;

    private readonly SortedList<int, List<ProposalEntry>> rounds;
    private readonly Proposal?[] future;

    public ProposalBook(int validators)
    {
        rounds = [];
        future = new Proposal?[validators];
    }

    private ProposalBook(ProposalBook other)
    {
        rounds = [];
        foreach (var (round, entries) in other.rounds)
            rounds.Add(round, [.. entries]);
        future = [.. other.future];
    }

    public int Count => rounds.Values.Sum(r => r.Count) + future.Count(p => p is not null);

    public IReadOnlyList<ProposalEntry> At(int round) => rounds.TryGetValue(round, out var entries) ? entries : [];

    public bool HasFuture(int round) => Array.Exists(future, p => p?.Round == round);

    public bool Knows(Proposal proposal, int current) => proposal.Round > current
        ? future[proposal.Signer] is { } kept && (kept.Round > proposal.Round || kept.SaysTheSame(proposal))
        : At(proposal.Round) is var entries
            && (entries.Count >= PerRound || entries.Any(e => e.Proposal.SaysTheSame(proposal)));

    /// <summary>Keeps the proposal; what it contradicts, if anything.</summary>
    public Proposal? Add(Proposal proposal, int current, bool? timely = null)
    {
        if (proposal.Round > current)
        {
            var kept = future[proposal.Signer];
            if (kept?.Round == proposal.Round)
                return kept.SaysTheSame(proposal) ? null : kept;
            if (kept is null || kept.Round < proposal.Round)
                future[proposal.Signer] = proposal;
            return null;
        }

        if (!rounds.TryGetValue(proposal.Round, out var entries))
            rounds.Add(proposal.Round, entries = []);
        if (entries.Count >= PerRound || entries.Exists(e => e.Proposal.SaysTheSame(proposal)))
            return null;
        entries.Add(new ProposalEntry(proposal, timely));
        return entries.Count > 1 ? entries[0].Proposal : null;
    }

    public void SetTimely(int round, Primitives.Hash256 block, bool timely)
    {
        if (!rounds.TryGetValue(round, out var entries))
            return;
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Proposal.Block == block && entries[i].Timely is null)
                entries[i] = entries[i] with { Timely = timely };
        }
    }

    /// <summary>Moves what came too early for this round into it.</summary>
    public void Enter(int round)
    {
        for (var i = 0; i < future.Length; i++)
        {
            if (future[i] is not { } proposal || proposal.Round > round)
                continue;
            future[i] = null;
            Add(proposal, round);
        }
    }

    public ProposalBook Clone() => new(this);
}
