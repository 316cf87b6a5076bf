using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>
/// A quorum of equal votes for one block: of prevotes (a polka certificate) or of precommits (a commit certificate,
/// which makes the block final).
/// </summary>
/// <param name="Kind">Prevote: polka; precommit: commit.</param>
/// <param name="Height">Height.</param>
/// <param name="Round">Round of the votes.</param>
/// <param name="Block">Hash of the block, never nil.</param>
/// <param name="ValidRound">The valid round that all prevotes carry; -1 for precommits.</param>
/// <param name="Signers">Bit i % 8 (lowest first) of byte i / 8 is set if validator i signed.</param>
/// <param name="Signatures">Signatures of the signers in ascending order, 64 bytes each.</param>
public sealed record VoteCertificate(
    VoteKind Kind, ulong Height, int Round, Hash256 Block, int ValidRound,
    ReadOnlyMemory<byte> Signers, ReadOnlyMemory<byte> Signatures) : BftMessage(Height, Round)
{
    /// <inheritdoc />
    public override bool IsWellFormed => PositionIsWellFormed
        && Kind is VoteKind.Prevote or VoteKind.Precommit
        && !Block.IsZero
        && ValidRound >= -1 && ValidRound < Round && (ValidRound == -1 || Kind == VoteKind.Prevote)
        && Signers.Length is > 0 and <= BftLimits.MaxValidators / 8
        && SignerCount is var count && count > 0 && Signatures.Length == count * Ed25519Keys.SignatureLength;

    /// <summary>Number of signers.</summary>
    public int SignerCount
    {
        get
        {
            var count = 0;
            foreach (var bits in Signers.Span)
                count += System.Numerics.BitOperations.PopCount(bits);
            return count;
        }
    }

    /// <summary>Makes a certificate of votes that say the same.</summary>
    /// <param name="votes">At least one vote, ascending by signer, all for the same block.</param>
    /// <param name="validators">Size of the validator set.</param>
    /// <exception cref="ArgumentException">No votes, not ascending, or votes that differ.</exception>
    public static VoteCertificate FromVotes(IReadOnlyList<Vote> votes, int validators)
    {
        ArgumentNullException.ThrowIfNull(votes);
        if (votes.Count == 0)
            throw new ArgumentException("A certificate needs a vote.", nameof(votes));
        var first = votes[0];
        var signers = new byte[(validators + 7) / 8];
        var signatures = new byte[votes.Count * Ed25519Keys.SignatureLength];
        for (var i = 0; i < votes.Count; i++)
        {
            var vote = votes[i];
            if (!vote.SaysTheSame(first) || (i > 0 && vote.Signer <= votes[i - 1].Signer))
                throw new ArgumentException("Votes must say the same and ascend by signer.", nameof(votes));
            signers[vote.Signer / 8] |= (byte)(1 << (vote.Signer % 8));
            vote.Signature.Span.CopyTo(signatures.AsSpan(i * Ed25519Keys.SignatureLength));
        }

        return new VoteCertificate(
            first.Kind, first.Height, first.Round, first.Block, first.ValidRound, signers, signatures);
    }

    /// <summary>The votes inside, ascending by signer.</summary>
    public IEnumerable<Vote> Votes()
    {
        var next = 0;
        for (var i = 0; i < Signers.Length * 8; i++)
        {
            if (!HasSigner(i))
                continue;
            var signature = Signatures.Slice(next, Ed25519Keys.SignatureLength);
            next += Ed25519Keys.SignatureLength;
            yield return new Vote(Kind, Height, Round, Block, ValidRound, i, signature);
        }
    }

    /// <summary>True if the validator with this index signed.</summary>
    public bool HasSigner(int index) =>
        index >= 0 && index < Signers.Length * 8 && (Signers.Span[index / 8] & (1 << (index % 8))) != 0;
}
