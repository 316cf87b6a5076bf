using System.Diagnostics.CodeAnalysis;
using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Evidence;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Wire;

/// <summary>
/// One byte of kind, then RLP; a message of consensus is its own encoding after the kind. Whatever is not exactly that
/// is refused, without an exception for the caller.
/// </summary>
internal static class PeerCodec
{
    private enum Kind : byte
    {
        Bft = 0x01,
        Part = 0x02,
        GetBody = 0x03,
        Status = 0x10,
        GetBlocks = 0x11,
        Blocks = 0x12,
        Proofs = 0x13,
        GetLight = 0x14,
        Light = 0x15,
        GetState = 0x16,
        State = 0x17,
        Transactions = 0x20,
    }

    public static byte[] Encode(PeerMessage message)
    {
        if (message is PeerMessage.Bft bft)
            return [(byte)Kind.Bft, .. MessageCodec.Encode(bft.Message)];
        var writer = new RlpWriter(512);
        var list = writer.StartList();
        var kind = Write(writer, message);
        writer.EndList(list);
        return [(byte)kind, .. writer.Written];
    }

    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out PeerMessage? message)
    {
        message = null;
        if (bytes.IsEmpty)
            return false;
        var kind = (Kind)bytes.Span[0];
        if (kind == Kind.Bft)
        {
            if (MessageCodec.TryDecode(bytes[1..], out var bft))
                message = new PeerMessage.Bft(bft);
            return message is not null;
        }

        try
        {
            var outer = new RlpReader(bytes.Span[1..]);
            var fields = outer.ReadList();
            outer.EnsureEnd();
            message = Read(kind, ref fields);
            fields.EnsureEnd();
            return message is not null;
        }
        catch (RlpException)
        {
            message = null;
            return false;
        }
    }

    private static Kind Write(RlpWriter writer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.Part part:
                writer.Write(part.Height);
                writer.Write(part.Info.Hash);
                writer.Write(part.Info.PartsRoot);
                writer.Write((ulong)part.Info.TotalBytes);
                writer.Write((ulong)part.Content.Index);
                var proof = writer.StartList();
                foreach (var hash in part.Content.Proof)
                    writer.Write(hash);
                writer.EndList(proof);
                writer.Write(part.Content.Bytes.Span);
                return Kind.Part;
            case PeerMessage.GetBody get:
                writer.Write(get.Height);
                writer.Write(get.Block);
                return Kind.GetBody;
            case PeerMessage.Status status:
                writer.Write(status.Height);
                writer.Write(status.Commit is null ? [] : MessageCodec.Encode(status.Commit));
                writer.Write(status.Set is null ? [] : status.Set.ToBytes());
                return Kind.Status;
            case PeerMessage.GetBlocks get:
                writer.Write(get.Id);
                writer.Write(get.From);
                writer.Write((ulong)get.Count);
                return Kind.GetBlocks;
            case PeerMessage.Blocks blocks:
                writer.Write(blocks.Id);
                foreach (var block in blocks.Items)
                {
                    writer.Write(block.Body);
                    writer.Write(block.Certificate);
                }

                return Kind.Blocks;
            case PeerMessage.Proofs proofs:
                foreach (var item in proofs.Items)
                {
                    writer.Write(MessageCodec.Encode(item.First));
                    writer.Write(MessageCodec.Encode(item.Second));
                }

                return Kind.Proofs;
            case PeerMessage.Transactions transactions:
                foreach (var item in transactions.Items)
                    writer.Write(item);
                return Kind.Transactions;
            default:
                return WriteSnapshot(writer, message);
        }
    }

    private static Kind WriteSnapshot(RlpWriter writer, PeerMessage message)
    {
        switch (message)
        {
            case PeerMessage.GetLight get:
                writer.Write(get.Id);
                writer.Write(get.Height);
                return Kind.GetLight;
            case PeerMessage.Light light:
                writer.Write(light.Id);
                if (light.Block is { } block)
                {
                    writer.Write(block.Header.Encode());
                    writer.Write(block.Consensus.Encode());
                    writer.Write(MessageCodec.Encode(block.Commit));
                    writer.Write(block.Validators.ToBytes());
                }

                return Kind.Light;
            case PeerMessage.GetState get:
                writer.Write(get.Id);
                writer.Write(get.Height);
                writer.Write(get.From is null ? [] : get.From.Key());
                return Kind.GetState;
            case PeerMessage.State state:
                writer.Write(state.Id);
                foreach (var node in state.Nodes)
                    writer.Write(node);
                return Kind.State;
            default:
                throw new InvalidOperationException($"The message {message.GetType().Name} is not known.");
        }
    }

    private static PeerMessage? Read(Kind kind, ref RlpReader fields) => kind switch
    {
        Kind.Part => ReadPart(ref fields),
        Kind.GetBody => new PeerMessage.GetBody(fields.ReadUInt64(), fields.ReadHash()),
        Kind.Status => ReadStatus(ref fields),
        Kind.GetBlocks => new PeerMessage.GetBlocks(
            fields.ReadUInt64(), fields.ReadUInt64(), Small(ref fields, PeerLimits.MostBlocks)),
        Kind.Blocks => ReadBlocks(ref fields),
        Kind.Proofs => ReadProofs(ref fields),
        Kind.GetLight => new PeerMessage.GetLight(fields.ReadUInt64(), fields.ReadUInt64()),
        Kind.Light => ReadLight(ref fields),
        Kind.GetState => ReadGetState(ref fields),
        Kind.State => ReadState(ref fields),
        Kind.Transactions => ReadTransactions(ref fields),
        _ => null,
    };

    private static PeerMessage.Part ReadPart(ref RlpReader fields)
    {
        var height = fields.ReadUInt64();
        var info = new BlockInfo(
            fields.ReadHash(), fields.ReadHash(), Small(ref fields, BlockParts.MaxBody));
        var index = Small(ref fields, BlockParts.CountOf(BlockParts.MaxBody));
        var list = fields.ReadList();
        var proof = new List<Hash256>();
        while (!list.IsEnd)
        {
            if (proof.Count == PeerLimits.LongestProof)
                throw new RlpException(RlpError.WrongLength);
            proof.Add(list.ReadHash());
        }

        return new PeerMessage.Part(height, info, new BlockPart(index, proof, fields.ReadBytes().ToArray()));
    }

    private static PeerMessage.Status? ReadStatus(ref RlpReader fields)
    {
        var height = fields.ReadUInt64();
        var commit = fields.ReadBytes();
        var set = fields.ReadBytes();
        if (height == 0)
            return commit.IsEmpty && set.IsEmpty ? new PeerMessage.Status(0, null, null) : null;
        return MessageCodec.TryDecode(commit.ToArray(), out var message)
            && message is VoteCertificate { Kind: VoteKind.Precommit } certificate && certificate.Height == height
            && ValidatorSet.TryFromBytes(set, out var validators)
            ? new PeerMessage.Status(height, certificate, validators)
            : null;
    }

    private static PeerMessage.Blocks ReadBlocks(ref RlpReader fields)
    {
        var id = fields.ReadUInt64();
        var items = new List<CertifiedBlock>();
        while (!fields.IsEnd)
        {
            if (items.Count == PeerLimits.MostBlocks)
                throw new RlpException(RlpError.WrongLength);
            items.Add(new CertifiedBlock(fields.ReadBytes().ToArray(), fields.ReadBytes().ToArray()));
        }

        return new PeerMessage.Blocks(id, items);
    }

    private static PeerMessage.Proofs? ReadProofs(ref RlpReader fields)
    {
        var items = new List<Equivocation>();
        while (!fields.IsEnd)
        {
            if (items.Count == PeerLimits.MostProofs)
                throw new RlpException(RlpError.WrongLength);
            if (!MessageCodec.TryDecode(fields.ReadBytes().ToArray(), out var first)
                || !MessageCodec.TryDecode(fields.ReadBytes().ToArray(), out var second)
                || first is not SignedMessage one || second is not SignedMessage other)
                return null;
            items.Add(new Equivocation(one, other));
        }

        return new PeerMessage.Proofs(items);
    }

    private static PeerMessage.Light? ReadLight(ref RlpReader fields)
    {
        var id = fields.ReadUInt64();
        if (fields.IsEnd)
            return new PeerMessage.Light(id, null);
        var header = BlockHeader.Decode(fields.ReadBytes());
        var consensus = ConsensusFields.Decode(fields.ReadBytes());
        return MessageCodec.TryDecode(fields.ReadBytes().ToArray(), out var message)
            && message is VoteCertificate { Kind: VoteKind.Precommit } commit && commit.Height == header.Number
            && commit.Block == header.Hash() && ValidatorSet.TryFromBytes(fields.ReadBytes(), out var set)
            ? new PeerMessage.Light(id, new LightBlock(header, consensus, commit, set))
            : null;
    }

    private static PeerMessage.GetState? ReadGetState(ref RlpReader fields)
    {
        var (id, height) = (fields.ReadUInt64(), fields.ReadUInt64());
        var key = fields.ReadBytes();
        if (key.IsEmpty)
            return new PeerMessage.GetState(id, height, null);
        return StatePosition.TryParse(key, out var from) ? new PeerMessage.GetState(id, height, from) : null;
    }

    private static PeerMessage.State ReadState(ref RlpReader fields)
    {
        var id = fields.ReadUInt64();
        var nodes = new List<byte[]>();
        while (!fields.IsEnd)
        {
            if (nodes.Count == PeerLimits.MostStateNodes)
                throw new RlpException(RlpError.WrongLength);
            nodes.Add(fields.ReadBytes().ToArray());
        }

        return new PeerMessage.State(id, nodes);
    }

    private static PeerMessage.Transactions ReadTransactions(ref RlpReader fields)
    {
        var items = new List<byte[]>();
        while (!fields.IsEnd)
        {
            if (items.Count == PeerLimits.MostTransactions)
                throw new RlpException(RlpError.WrongLength);
            items.Add(fields.ReadBytes().ToArray());
        }

        return new PeerMessage.Transactions(items);
    }

    private static int Small(ref RlpReader fields, int most) =>
        fields.ReadUInt64() is var value && value <= (ulong)most
            ? (int)value
            : throw new RlpException(RlpError.WrongLength);
}
