using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>What a validator said in a round, as far as it is known here; null = nothing, zero = nil.</summary>
/// <param name="Prevote">Block of its prevote.</param>
/// <param name="Precommit">Block of its precommit.</param>
public readonly record struct SeenVotes(Hash256? Prevote, Hash256? Precommit);

/// <summary>Where an engine stands, for people to look at.</summary>
/// <param name="Height">Height being decided.</param>
/// <param name="Round">Round; -1 before round 0.</param>
/// <param name="Step">Step of the round.</param>
/// <param name="Set">Validators of the height.</param>
/// <param name="Votes">One entry for each validator, of this round.</param>
/// <param name="HasProposal">Whether a proposal of this round is known.</param>
public sealed record EngineLook(
    ulong Height, int Round, RoundStep Step, ValidatorSet Set, IReadOnlyList<SeenVotes> Votes, bool HasProposal);

/// <summary>What can be seen from outside.</summary>
public sealed partial class BftEngine
{
    /// <summary>A picture of the current round; null before the first height.</summary>
    public EngineLook? Look()
    {
        if (current is null)
            return null;
        var round = S.Votes.At(S.Round);
        var votes = new SeenVotes[S.Set.Count];
        for (var i = 0; i < votes.Length; i++)
        {
            votes[i] = new SeenVotes(
                round?.Of(VoteKind.Prevote, i)?.Block, round?.Of(VoteKind.Precommit, i)?.Block);
        }

        return new EngineLook(S.Height, S.Round, S.Step, S.Set, votes, S.Proposals.At(S.Round).Count > 0);
    }
}
