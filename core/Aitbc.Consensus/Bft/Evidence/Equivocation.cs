using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;

namespace Aitbc.Consensus.Bft.Evidence;

/// <summary>Why two messages prove nothing.</summary>
public enum EvidenceError
{
    /// <summary>They prove a fault.</summary>
    None,

    /// <summary>Fields out of range.</summary>
    Malformed,

    /// <summary>Another kind, height, round or signer: an honest validator signs both.</summary>
    NotTheSamePlace,

    /// <summary>They say the same.</summary>
    NoConflict,

    /// <summary>Not in the canonical order, so that one fault would have two proofs.</summary>
    NotOrdered,

    /// <summary>The signer is not in the set of the height.</summary>
    UnknownSigner,

    /// <summary>One of the signatures is wrong.</summary>
    BadSignature,

    /// <summary>Of a height above the chain.</summary>
    FromTheFuture,

    /// <summary>Older than the window.</summary>
    TooOld,
}

/// <summary>
/// Two different messages that one validator signed for the same height, round and step. A lock that was forgotten
/// (amnesia) is not proven here: it needs certificates and is found afterwards.
/// </summary>
/// <param name="First">The one whose signed bytes are less.</param>
/// <param name="Second">The other.</param>
public sealed record Equivocation(SignedMessage First, SignedMessage Second)
{
    /// <summary>What is punished once: one proof for each of these.</summary>
    public (ulong Height, int Round, SignStep Step, int Signer) Key =>
        (First.Height, First.Round, First.Step, First.Signer);

    /// <summary>Puts two messages in order.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="one">A message.</param>
    /// <param name="other">Another of the same step.</param>
    public static Equivocation Of(ChainBinding binding, SignedMessage one, SignedMessage other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return Order(binding, one, other) <= 0 ? new Equivocation(one, other) : new Equivocation(other, one);
    }

    /// <summary>Checks the proof for a block at a height of the chain.</summary>
    /// <param name="verifier">Checks signatures.</param>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="set">Validators of the height of the messages.</param>
    /// <param name="height">Height of the block that would hold the proof.</param>
    /// <param name="window">Greatest age in heights.</param>
    public EvidenceError Verify(
        CertificateVerifier verifier, ChainBinding binding, ValidatorSet set, ulong height, ulong window)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        ArgumentNullException.ThrowIfNull(set);
        if (!First.IsWellFormed || !Second.IsWellFormed)
            return EvidenceError.Malformed;
        if (First.Step != Second.Step || First.Height != Second.Height || First.Round != Second.Round
            || First.Signer != Second.Signer)
            return EvidenceError.NotTheSamePlace;
        if (First.SaysTheSame(Second))
            return EvidenceError.NoConflict;
        if (Order(binding, First, Second) > 0)
            return EvidenceError.NotOrdered;
        if (First.Height > height)
            return EvidenceError.FromTheFuture;
        if (height - First.Height > window)
            return EvidenceError.TooOld;
        if (!set.Contains(First.Signer))
            return EvidenceError.UnknownSigner;
        return verifier.IsSigned(First, set) && verifier.IsSigned(Second, set)
            ? EvidenceError.None
            : EvidenceError.BadSignature;
    }

    private static int Order(ChainBinding binding, SignedMessage one, SignedMessage other) =>
        one.SignBytes(binding).AsSpan().SequenceCompareTo(other.SignBytes(binding));
}
