using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives.Crypto;
using static Aitbc.Consensus.Bft.Engine.BftInput;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>What reading a log found.</summary>
public enum WalStatus
{
    /// <summary>Every record is good.</summary>
    Whole,

    /// <summary>The last record is torn: cut the file to <see cref="WalContent.GoodLength"/> and go on.</summary>
    TornTail,

    /// <summary>A bad record with good ones after it: no crash does this. Stop and say so.</summary>
    Damaged,

    /// <summary>The log is of another chain or height.</summary>
    OtherHeight,
}

/// <summary>What a log holds.</summary>
/// <param name="Status">How good it is.</param>
/// <param name="Inputs">Inputs of the good records from the start, in order.</param>
/// <param name="GoodLength">Bytes up to the first bad record.</param>
public sealed record WalContent(WalStatus Status, IReadOnlyList<BftInput> Inputs, int GoodLength);

/// <summary>
/// The log of one height: records of length (4 bytes), CRC-32C (4), type (1) and payload, the first of which names
/// chain and height. It holds every input that mattered, in the order of processing.
/// </summary>
public static class WalCodec
{
    private const int HeadLength = 8;
    private const int MaxRecord = MessageCodec.MaxLength + 16;

    private enum Type : byte
    {
        Header = 1,
        Work = 2,
        Timeout = 3,
        Built = 4,
        Checked = 5,
        Signed = 6,
        Refused = 7,
        Received = 8,
    }

    /// <summary>The first record of a log.</summary>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="height">Height of the log.</param>
    public static byte[] Header(ChainBinding binding, ulong height)
    {
        ArgumentNullException.ThrowIfNull(binding);
        var writer = Start(Type.Header);
        writer.Add(binding.ChainId);
        writer.Add(binding.Genesis);
        writer.Add(height);
        return Finish(writer);
    }

    /// <summary>The record of an input.</summary>
    /// <exception cref="ArgumentException">A start of a height or the end of a replay: no log holds them.</exception>
    public static byte[] Encode(BftInput input)
    {
        FieldWriter writer;
        switch (input)
        {
            case WorkAvailable:
                return Finish(Start(Type.Work));
            case TimeoutElapsed timeout:
                writer = Start(Type.Timeout);
                writer.Add((byte)timeout.Kind);
                writer.Add(timeout.Height);
                writer.Add(timeout.Round);
                return Finish(writer);
            case BlockBuilt built:
                writer = Start(Type.Built);
                Write(writer, built.Height, built.Round, built.Block);
                return Finish(writer);
            case BlockChecked answer:
                writer = Start(Type.Checked);
                Write(writer, answer.Height, answer.Round, answer.Block);
                writer.Add((byte)((answer.Valid ? 1 : 0) | (answer.Timely ? 2 : 0)));
                return Finish(writer);
            case MessageSigned signed:
                return Finish(Start(Type.Signed), signed.Message);
            case SignRefused refused:
                // The codec wants a signature; there is none, so zeros stand for it.
                var zeros = new byte[Ed25519Keys.SignatureLength];
                return Finish(Start(Type.Refused), refused.Message.WithSignature(zeros));
            case MessageReceived received:
                return Finish(Start(Type.Received), received.Message);
            default:
                throw new ArgumentException("No log holds this input.", nameof(input));
        }
    }

    /// <summary>Reads a log.</summary>
    /// <param name="file">All its bytes.</param>
    /// <param name="binding">Chain and genesis.</param>
    /// <param name="height">The height it should be of.</param>
    public static WalContent Read(ReadOnlyMemory<byte> file, ChainBinding binding, ulong height)
    {
        List<BftInput> inputs = [];
        var position = 0;
        while (position < file.Length)
        {
            if (!TryRecord(file, position, out var body))
            {
                var damaged = GoodRecordAfter(file, position);
                return new WalContent(damaged ? WalStatus.Damaged : WalStatus.TornTail, inputs, position);
            }

            if (position == 0)
            {
                if (!body.Span.SequenceEqual(Header(binding, height).AsSpan(HeadLength)))
                    return new WalContent(WalStatus.OtherHeight, [], 0);
            }
            else if (TryDecode(body, out var input))
            {
                inputs.Add(input);
            }
            else
            {
                return new WalContent(WalStatus.Damaged, inputs, position);
            }

            position += HeadLength + body.Length;
        }

        return new WalContent(WalStatus.Whole, inputs, position);
    }

    private static bool GoodRecordAfter(ReadOnlyMemory<byte> file, int position)
    {
        for (var at = position + 1; at < file.Length - HeadLength; at++)
        {
            if (TryRecord(file, at, out var body) && TryDecode(body, out _))
                return true;
        }

        return false;
    }

    private static bool TryRecord(ReadOnlyMemory<byte> file, int position, out ReadOnlyMemory<byte> body)
    {
        body = default;
        if (file.Length - position < HeadLength)
            return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(file.Span[position..]);
        if (length is 0 or > MaxRecord || length > file.Length - position - HeadLength)
            return false;
        var crc = BinaryPrimitives.ReadUInt32BigEndian(file.Span[(position + 4)..]);
        body = file.Slice(position + HeadLength, (int)length);
        return Crc32C.Of(body.Span) == crc;
    }

    private static bool TryDecode(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out BftInput? input)
    {
        var reader = new FieldReader(body);
        var type = (Type)reader.Byte();
        input = type switch
        {
            Type.Work => new WorkAvailable(),
            Type.Timeout => new TimeoutElapsed((TimeoutKind)reader.Byte(), reader.UInt64(), reader.Int32()),
            Type.Built => new BlockBuilt(reader.UInt64(), reader.Int32(), ReadInfo(ref reader)),
            Type.Checked => ReadChecked(ref reader),
            Type.Signed when MessageCodec.TryDecode(reader.Rest(), out var message)
                && message is SignedMessage signed => new MessageSigned(signed),
            Type.Refused when MessageCodec.TryDecode(reader.Rest(), out var message)
                && message is SignedMessage signed => new SignRefused(signed.WithSignature(default)),
            Type.Received when MessageCodec.TryDecode(reader.Rest(), out var message) => new MessageReceived(message),
            _ => null,
        };
        return input is not null && reader.IsAtEnd;
    }

    private static BlockChecked ReadChecked(ref FieldReader reader)
    {
        var (height, round, info) = (reader.UInt64(), reader.Int32(), ReadInfo(ref reader));
        var bits = reader.Byte();
        return new BlockChecked(height, round, info, (bits & 1) != 0, (bits & 2) != 0);
    }

    private static BlockInfo ReadInfo(ref FieldReader reader) => new(reader.Hash(), reader.Hash(), reader.Int32());

    private static void Write(FieldWriter writer, ulong height, int round, BlockInfo block)
    {
        writer.Add(height);
        writer.Add(round);
        writer.Add(block.Hash);
        writer.Add(block.PartsRoot);
        writer.Add(block.TotalBytes);
    }

    private static FieldWriter Start(Type type)
    {
        var writer = new FieldWriter();
        writer.Add((byte)type);
        return writer;
    }

    private static byte[] Finish(FieldWriter writer, BftMessage? message = null)
    {
        if (message is not null)
            writer.Add(MessageCodec.Encode(message));
        var body = writer.ToArray();
        var record = new byte[HeadLength + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(record.AsSpan(4), Crc32C.Of(body));
        body.CopyTo(record, HeadLength);
        return record;
    }
}
