using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Messages;

/// <summary>
/// Bytes of messages (specs/consensus.md, section 5.3). One message has one encoding: whatever else is offered is
/// refused, and so is a message whose fields are out of range. Never throws on hostile bytes.
/// </summary>
public static class MessageCodec
{
    /// <summary>Longest encoding: a round certificate of a full set.</summary>
    public const int MaxLength = 1 + 8 + 4 + 1 + 2 + (BftLimits.MaxValidators * EntryLength);

    private const int VoteTail = 2 + Ed25519Keys.SignatureLength;
    private const int EntryLength = 1 + 4 + 32 + 4 + VoteTail;

    private enum Kind : byte
    {
        Proposal = 1,
        Prevote = 2,
        Precommit = 3,
        Polka = 4,
        Commit = 5,
        Round = 6,
    }

    /// <summary>The bytes of a message; signed ones must have their 64-byte signature.</summary>
    /// <exception cref="ArgumentException">Fields out of range, or a signature of another length.</exception>
    public static byte[] Encode(BftMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (!message.IsWellFormed || !Signatures(message))
            throw new ArgumentException("The message is not well formed.", nameof(message));
        var writer = new FieldWriter();
        writer.Add((byte)KindOf(message));
        writer.Add(message.Height);
        writer.Add(message.Round);
        switch (message)
        {
            case Proposal proposal:
                writer.Add(proposal.Block);
                writer.Add(proposal.ValidRound);
                writer.Add(proposal.Info.PartsRoot);
                writer.Add(proposal.Info.TotalBytes);
                writer.Add((ushort)proposal.Signer);
                writer.Add(proposal.Signature.Span);
                break;
            case Vote vote:
                writer.Add(vote.Block);
                if (vote.Kind == VoteKind.Prevote)
                    writer.Add(vote.ValidRound);
                writer.Add((ushort)vote.Signer);
                writer.Add(vote.Signature.Span);
                break;
            case VoteCertificate certificate:
                writer.Add(certificate.Block);
                if (certificate.Kind == VoteKind.Prevote)
                    writer.Add(certificate.ValidRound);
                writer.Add((byte)certificate.Signers.Length);
                writer.Add(certificate.Signers.Span);
                writer.Add(certificate.Signatures.Span);
                break;
            case RoundCertificate certificate:
                Write(writer, certificate);
                break;
        }

        return writer.ToArray();
    }

    /// <summary>Reads one message that fills the bytes exactly.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out BftMessage? message)
    {
        message = null;
        if (bytes.Length > MaxLength)
            return false;
        var reader = new FieldReader(bytes);
        var kind = (Kind)reader.Byte();
        var height = reader.UInt64();
        var round = reader.Int32();
        BftMessage? read = kind switch
        {
            Kind.Proposal => ReadProposal(ref reader, height, round),
            Kind.Prevote => ReadVote(ref reader, VoteKind.Prevote, height, round),
            Kind.Precommit => ReadVote(ref reader, VoteKind.Precommit, height, round),
            Kind.Polka => ReadCertificate(ref reader, VoteKind.Prevote, height, round),
            Kind.Commit => ReadCertificate(ref reader, VoteKind.Precommit, height, round),
            Kind.Round => ReadRound(ref reader, height, round),
            _ => null,
        };
        if (read is null || !reader.IsAtEnd || !read.IsWellFormed)
            return false;
        message = read;
        return true;
    }

    private static Kind KindOf(BftMessage message) => message switch
    {
        Proposal => Kind.Proposal,
        Vote { Kind: VoteKind.Prevote } => Kind.Prevote,
        Vote => Kind.Precommit,
        VoteCertificate { Kind: VoteKind.Prevote } => Kind.Polka,
        VoteCertificate => Kind.Commit,
        _ => Kind.Round,
    };

    private static bool Signatures(BftMessage message) => message switch
    {
        SignedMessage signed => signed.Signature.Length == Ed25519Keys.SignatureLength,
        RoundCertificate certificate => certificate.Votes.All(v => v.Signature.Length == Ed25519Keys.SignatureLength),
        _ => true,
    };

    private static Proposal ReadProposal(ref FieldReader reader, ulong height, int round)
    {
        var block = reader.Hash();
        var validRound = reader.Int32();
        var info = new BlockInfo(block, reader.Hash(), reader.Int32());
        var signer = reader.UInt16();
        return new Proposal(height, round, info, validRound, signer, reader.Bytes(Ed25519Keys.SignatureLength));
    }

    private static Vote ReadVote(ref FieldReader reader, VoteKind kind, ulong height, int round)
    {
        var block = reader.Hash();
        var validRound = kind == VoteKind.Prevote ? reader.Int32() : -1;
        var signer = reader.UInt16();
        return new Vote(kind, height, round, block, validRound, signer, reader.Bytes(Ed25519Keys.SignatureLength));
    }

    private static VoteCertificate? ReadCertificate(ref FieldReader reader, VoteKind kind, ulong height, int round)
    {
        var block = reader.Hash();
        var validRound = kind == VoteKind.Prevote ? reader.Int32() : -1;
        var length = reader.Byte();
        if (length > BftLimits.MaxValidators / 8)
            return null;
        var signers = reader.Bytes(length);
        return new VoteCertificate(kind, height, round, block, validRound, signers, reader.Rest());
    }

    private static void Write(FieldWriter writer, RoundCertificate certificate)
    {
        writer.Add((byte)certificate.Entry);
        writer.Add((ushort)certificate.Votes.Count);
        foreach (var vote in certificate.Votes)
        {
            writer.Add((byte)vote.Kind);
            writer.Add(vote.Round);
            writer.Add(vote.Block);
            writer.Add(vote.ValidRound);
            writer.Add((ushort)vote.Signer);
            writer.Add(vote.Signature.Span);
        }
    }

    private static RoundCertificate? ReadRound(ref FieldReader reader, ulong height, int round)
    {
        var entry = (RoundEntry)reader.Byte();
        var count = reader.UInt16();
        if (count > BftLimits.MaxValidators || reader.Left != count * EntryLength)
            return null;
        var votes = new Vote[count];
        for (var i = 0; i < count; i++)
        {
            var kind = (VoteKind)reader.Byte();
            var voteRound = reader.Int32();
            var block = reader.Hash();
            var validRound = reader.Int32();
            var signer = reader.UInt16();
            votes[i] = new Vote(
                kind, height, voteRound, block, validRound, signer, reader.Bytes(Ed25519Keys.SignatureLength));
        }

        return new RoundCertificate(height, round, entry, votes);
    }
}
