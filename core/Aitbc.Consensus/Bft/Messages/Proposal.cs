using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>What identifies a block and lets its body be fetched in parts.</summary>
/// <param name="Hash">Hash of the block.</param>
/// <param name="PartsRoot">Merkle root of its parts.</param>
/// <param name="TotalBytes">Length of the encoded block in bytes, above 0.</param>
public sealed record BlockInfo(Hash256 Hash, Hash256 PartsRoot, int TotalBytes);

/// <summary>The proposer's word for its round.</summary>
/// <param name="Height">Height.</param>
/// <param name="Round">Round.</param>
/// <param name="Info">The proposed block.</param>
/// <param name="ValidRound">-1 for a new block, else the earlier round in which it had a polka.</param>
/// <param name="Signer">Index of the proposer.</param>
/// <param name="Signature">Ed25519, 64 bytes; empty while unsigned.</param>
public sealed record Proposal(
    ulong Height, int Round, BlockInfo Info, int ValidRound, int Signer, ReadOnlyMemory<byte> Signature)
    : SignedMessage(Height, Round, Info.Hash, Signer, Signature)
{
    /// <inheritdoc />
    public override SignStep Step => SignStep.Proposal;

    /// <inheritdoc />
    public override bool IsWellFormed => PositionIsWellFormed && !Block.IsZero && Info.TotalBytes > 0
        && ValidRound >= -1 && ValidRound < Round && Signer is >= 0 and < BftLimits.MaxValidators;

    /// <inheritdoc />
    public override bool SaysTheSame(SignedMessage other) => other is Proposal that
        && Height == that.Height && Round == that.Round && Info == that.Info && ValidRound == that.ValidRound;

    /// <inheritdoc />
    public override byte[] SignBytes(ChainBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var writer = new SignBytesWriter(binding, Step, Height, Round, 32 + 4 + 32 + 4);
        writer.Add(Block);
        writer.Add(ValidRound);
        writer.Add(Info.PartsRoot);
        writer.Add(Info.TotalBytes);
        return writer.Bytes;
    }
}
