using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What a validator said in a round, as far as it is known here; null = nothing, zero = nil.</summary>
/// <param name="Prevote">Block of its prevote.</param>
/// <param name="Precommit">Block of its precommit.</param>
public readonly record struct SeenVotes(Hash256? Prevote, Hash256? Precommit);

/// <summary>A round of the height that did not decide it.</summary>
/// <param name="Round">From 0.</param>
/// <param name="HasProposal">Whether a proposal of it is known.</param>
/// <param name="Votes">One entry for each validator.</param>
public sealed record RoundLook(int Round, bool HasProposal, IReadOnlyList<SeenVotes> Votes);

/// <summary>Where an engine stands, for people to look at.</summary>
/// <param name="Height">Height being decided.</param>
/// <param name="Round">Round; -1 before round 0.</param>
/// <param name="Step">Step of the round.</param>
/// <param name="Set">Validators of the height.</param>
/// <param name="Votes">One entry for each validator, of this round.</param>
/// <param name="HasProposal">Whether a proposal of this round is known.</param>
/// <param name="Past">The rounds before, the newest first, sixteen at most.</param>
public sealed record EngineLook(
    ulong Height, int Round, RoundStep Step, ValidatorSet Set, IReadOnlyList<SeenVotes> Votes, bool HasProposal,
    IReadOnlyList<RoundLook> Past);

/// <summary>What can be seen from outside.</summary>
public sealed partial class BftEngine
{
    private const int MostPast = 16;

    /// <summary>A picture of this height; null before the first.</summary>
    public EngineLook? Look()
    {
        if (current is null)
            return null;
        var past = new List<RoundLook>();
        for (var round = S.Round - 1; round >= 0 && past.Count < MostPast; round--)
            past.Add(new RoundLook(round, S.Proposals.At(round).Count > 0, VotesOf(round)));
        return new EngineLook(
            S.Height, S.Round, S.Step, S.Set, VotesOf(S.Round), S.Proposals.At(S.Round).Count > 0, past);
    }

    private SeenVotes[] VotesOf(int number)
    {
        var round = S.Votes.At(number);
        var votes = new SeenVotes[S.Set.Count];
        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] = new SeenVotes(
                round?.Of(VoteKind.Prevote, i)?.Block, round?.Of(VoteKind.Precommit, i)?.Block);
        }

        return votes;
    }
}
