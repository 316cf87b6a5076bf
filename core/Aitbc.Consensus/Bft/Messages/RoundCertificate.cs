namespace Aitbc.Consensus.Bft.Messages;

/// <summary>Why a round may be entered.</summary>
public enum RoundEntry
{
    /// <summary>A quorum precommitted something in the round before, and the wait is over.</summary>
    Precommits = 1,

    /// <summary>More than a third already voted in this round or a later one.</summary>
    Skip = 2,
}

/// <summary>The votes that let a validator enter a round above 0.</summary>
/// <param name="Height">Height.</param>
/// <param name="Round">The round that may be entered; at least 1.</param>
/// <param name="Entry">Why.</param>
/// <param name="Votes">
/// <see cref="RoundEntry.Precommits"/>: precommits of round - 1, whatever for. <see cref="RoundEntry.Skip"/>: votes of
/// this round or later ones. Ascending by signer, one each.
/// </param>
public sealed record RoundCertificate(ulong Height, int Round, RoundEntry Entry, IReadOnlyList<Vote> Votes)
    : BftMessage(Height, Round)
{
    /// <inheritdoc />
    public override bool IsWellFormed
    {
        get
        {
            if (!PositionIsWellFormed || Votes.Count is 0 or > BftLimits.MaxValidators)
                return false;
            if (Entry is not (RoundEntry.Precommits or RoundEntry.Skip) || (Round == 0 && Entry != RoundEntry.Skip))
                return false;
            for (var i = 0; i < Votes.Count; i++)
            {
                if (!Fits(Votes[i]) || (i > 0 && Votes[i].Signer <= Votes[i - 1].Signer))
                    return false;
            }

            return true;
        }
    }

    private bool Fits(Vote vote) => vote.IsWellFormed && vote.Height == Height && (Entry == RoundEntry.Skip
        ? vote.Round >= Round
        : vote.Kind == VoteKind.Precommit && vote.Round == Round - 1);
}
