using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>First or second vote of a round.</summary>
public enum VoteKind
{
    /// <summary>"This proposal is acceptable."</summary>
    Prevote = 2,

    /// <summary>"I saw a quorum of prevotes for it."</summary>
    Precommit = 3,
}

/// <summary>A vote.</summary>
/// <param name="Kind">Prevote or precommit.</param>
/// <param name="Height">Height.</param>
/// <param name="Round">Round.</param>
/// <param name="Block">Hash of the block; zero = nil.</param>
/// <param name="ValidRound">
/// Prevotes: valid round of the proposal voted for, which makes the lock rules accountable; -1 for nil and precommits.
/// </param>
/// <param name="Signer">Index of the voter.</param>
/// <param name="Signature">Ed25519, 64 bytes; empty while unsigned.</param>
public sealed record Vote(
    VoteKind Kind, ulong Height, int Round, Hash256 Block, int ValidRound, int Signer, ReadOnlyMemory<byte> Signature)
    : SignedMessage(Height, Round, Block, Signer, Signature)
{
    /// <summary>True for a vote for no block.</summary>
    public bool IsNil => Block.IsZero;

    /// <inheritdoc />
    public override SignStep Step => (SignStep)Kind;

    /// <inheritdoc />
    public override bool IsWellFormed => PositionIsWellFormed
        && Kind is VoteKind.Prevote or VoteKind.Precommit
        && ValidRound >= -1 && ValidRound < Round
        && (ValidRound == -1 || (Kind == VoteKind.Prevote && !IsNil))
        && Signer is >= 0 and < BftLimits.MaxValidators;

    /// <inheritdoc />
    public override bool SaysTheSame(SignedMessage other) => other is Vote that && Kind == that.Kind
        && Height == that.Height && Round == that.Round && Block == that.Block && ValidRound == that.ValidRound;

    /// <inheritdoc />
    public override byte[] SignBytes(ChainBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var prevote = Kind == VoteKind.Prevote;
        var writer = new SignBytesWriter(binding, Step, Height, Round, prevote ? 36 : 32);
        writer.Add(Block);
        if (prevote)
            writer.Add(ValidRound);
        return writer.Bytes;
    }
}
