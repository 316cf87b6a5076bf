using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>A message between validators (specs/consensus.md, section 5). The list is closed.</summary>
/// <param name="Height">Height of the block that is voted on; at least 1.</param>
/// <param name="Round">Round, 0 to <see cref="BftLimits.MaxRound"/>.</param>
public abstract record BftMessage(ulong Height, int Round)
{
    /// <summary>True if the fields are within their ranges; says nothing about signatures.</summary>
    public abstract bool IsWellFormed { get; }

    private protected bool PositionIsWellFormed => Height > 0 && Round is >= 0 and <= BftLimits.MaxRound;
}

/// <summary>A message that one validator signs: a proposal or a vote.</summary>
/// <param name="Height">Height.</param>
/// <param name="Round">Round.</param>
/// <param name="Block">Hash of the block; zero = nil (votes only).</param>
/// <param name="Signer">Index of the signer in the validator set of the height; not part of the signed bytes.</param>
/// <param name="Signature">Ed25519 over <see cref="SignBytes"/>, 64 bytes; empty while unsigned.</param>
public abstract record SignedMessage(
    ulong Height, int Round, Hash256 Block, int Signer, ReadOnlyMemory<byte> Signature) : BftMessage(Height, Round)
{
    /// <summary>Proposal, prevote, precommit: the order in which one validator signs within a round.</summary>
    public abstract SignStep Step { get; }

    /// <summary>True if the signature, if there is one, is over the same bytes as that of the other message.</summary>
    public abstract bool SaysTheSame(SignedMessage other);

    /// <summary>The canonical bytes that are signed: fixed width, bound to chain and genesis.</summary>
    /// <param name="binding">Chain and genesis.</param>
    public abstract byte[] SignBytes(ChainBinding binding);

    /// <summary>The same message with a signature.</summary>
    /// <param name="signature">64 bytes.</param>
    public SignedMessage WithSignature(ReadOnlyMemory<byte> signature) => this with { Signature = signature };
}

/// <summary>What a validator signs in a round, in order.</summary>
public enum SignStep
{
    /// <summary>A proposal.</summary>
    Proposal = 1,

    /// <summary>A prevote.</summary>
    Prevote = 2,

    /// <summary>A precommit.</summary>
    Precommit = 3,
}

/// <summary>Bounds of the protocol.</summary>
public static class BftLimits
{
    /// <summary>Highest round; at 10 s a round this is beyond three centuries.</summary>
    public const int MaxRound = 1 << 30;

    /// <summary>Largest validator set.</summary>
    public const int MaxValidators = 256;

    /// <summary>Heights above the current one for which messages are kept.</summary>
    public const int FutureHeights = 10;

    /// <summary>Messages kept for each of those heights.</summary>
    public const int FutureMessagesPerHeight = 500;
}
