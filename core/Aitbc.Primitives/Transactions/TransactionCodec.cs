using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Primitives.Transactions;

/// <summary>
/// The bytes of transactions (specs/transactions.md). Decoding is strict: what decodes encodes to the same bytes.
/// </summary>
public static class TransactionCodec
{
    /// <summary>Longest signed transaction, in bytes.</summary>
    public const int MaxLength = 128 * 1024;

    private const int LongestOnStack = 512;

    /// <summary>Reads a signed transaction. Never throws for any bytes.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> raw, [NotNullWhen(true)] out Transaction? transaction, out TransactionDecodeError error)
    {
        transaction = null;
        error = Envelope(raw);
        if (error != TransactionDecodeError.None)
            return false;
        var bytes = raw.ToArray();
        try
        {
            error = bytes[0] >= 0xc0 ? Legacy(bytes, out transaction) : Typed(bytes, out transaction);
        }
        catch (RlpException)
        {
            error = TransactionDecodeError.Malformed;
        }

        if (error != TransactionDecodeError.None)
            transaction = null;
        return transaction is not null;
    }

    /// <summary>
    /// The signing hash out of the bytes of the fields that are signed, as they stand in the encoding.
    /// </summary>
    internal static Hash256 SigningHash(Transaction tx, ReadOnlySpan<byte> fields)
    {
        const int MostHeader = 6;
        const int MostChain = UInt256.Length + 3;
        var most = MostHeader + fields.Length + MostChain;
        var rented = most > LongestOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> buffer = rented is null ? stackalloc byte[LongestOnStack] : rented;
        // The header is as long as the content needs it, so it is put before the content.
        var end = MostHeader;
        fields.CopyTo(buffer[end..]);
        end += fields.Length;
        if (tx is { Type: TransactionType.Legacy, ChainId: { } chain })
            end += WriteChain(chain, buffer[end..]);
        var from = MostHeader - RlpWriter.WriteListHeaderBefore(buffer[..MostHeader], end - MostHeader);
        if (tx.Type != TransactionType.Legacy)
            buffer[--from] = (byte)tx.Type;
        var hash = Keccak256.Hash(buffer[from..end]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    internal static byte[] EncodeUnsigned(Transaction tx)
    {
        var writer = Begin(tx);
        var list = writer.StartList();
        WriteFields(writer, tx);
        if (tx is { Type: TransactionType.Legacy, ChainId: { } chain })
        {
            writer.Write(chain);
            writer.Write(0UL);
            writer.Write(0UL);
        }

        writer.EndList(list);
        return writer.ToArray();
    }

    internal static byte[] EncodeSigned(Transaction tx)
    {
        var signature = tx.Signature ?? throw new InvalidOperationException("The transaction is not signed.");
        var writer = Begin(tx);
        var list = writer.StartList();
        WriteFields(writer, tx);
        writer.Write(V(tx, signature));
        writer.Write(signature.R.ToUInt256());
        writer.Write(signature.S.ToUInt256());
        writer.EndList(list);
        return writer.ToArray();
    }

    private static TransactionDecodeError Envelope(ReadOnlySpan<byte> raw)
    {
        if (raw.IsEmpty)
            return TransactionDecodeError.Empty;
        if (raw.Length > MaxLength)
            return TransactionDecodeError.TooLarge;
        return raw[0] is >= 0xc0 or 1 or 2
            ? TransactionDecodeError.None
            : raw[0] < 0x80 ? TransactionDecodeError.TypeNotSupported : TransactionDecodeError.Malformed;
    }

    private static RlpWriter Begin(Transaction tx)
    {
        var writer = new RlpWriter(160 + tx.Data.Length);
        if (tx.Type != TransactionType.Legacy)
            writer.WriteRaw([(byte)tx.Type]);
        return writer;
    }

    private static void WriteFields(RlpWriter writer, Transaction tx)
    {
        if (tx.Type != TransactionType.Legacy)
            writer.Write(tx.ChainId ?? throw new InvalidOperationException("A typed transaction has a chain id."));
        writer.Write(tx.Nonce);
        if (tx.Type == TransactionType.DynamicFee)
            writer.Write(tx.MaxPriorityFeePerGas);
        writer.Write(tx.MaxFeePerGas);
        writer.Write(tx.GasLimit);
        writer.Write(tx.To);
        writer.Write(tx.Value);
        writer.Write(tx.Data.Span);
        if (tx.Type != TransactionType.Legacy)
            WriteAccessList(writer, tx.AccessList);
    }

    private static void WriteAccessList(RlpWriter writer, IReadOnlyList<AccessListEntry> entries)
    {
        var list = writer.StartList();
        foreach (var entry in entries)
        {
            var pair = writer.StartList();
            writer.Write(entry.Address);
            var keys = writer.StartList();
            foreach (var key in entry.StorageKeys)
                writer.Write(key);
            writer.EndList(keys);
            writer.EndList(pair);
        }

        writer.EndList(list);
    }

    private static UInt256 V(Transaction tx, Signature signature) => tx switch
    {
        { Type: not TransactionType.Legacy } => signature.YParity,
        { ChainId: { } chain } => (chain * 2) + 35 + signature.YParity,
        _ => 27UL + signature.YParity,
    };

    // [chain id, 0, 0], which EIP-155 signs in the place of the signature.
    private static int WriteChain(UInt256 chain, Span<byte> destination)
    {
        var writer = new RlpWriter(UInt256.Length + 3);
        writer.Write(chain);
        writer.Write(0UL);
        writer.Write(0UL);
        writer.Written.CopyTo(destination);
        return writer.Written.Length;
    }

    private static TransactionDecodeError Legacy(byte[] raw, out Transaction? transaction)
    {
        transaction = null;
        var outer = new RlpReader(raw);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var all = fields.Remaining;
        var nonce = fields.ReadUInt64();
        var price = fields.ReadUInt256();
        var gas = fields.ReadUInt64();
        var to = fields.ReadOptionalAddress();
        var value = fields.ReadUInt256();
        var data = fields.ReadBytes();
        var signed = all.Length - fields.Remaining.Length;
        var v = fields.ReadUInt256();
        var r = fields.ReadUInt256();
        var s = fields.ReadUInt256();
        fields.EnsureEnd();
        if (v == 27 || v == 28)
            return TransactionDecodeError.ReplayUnprotected;
        if (v < 35)
            return TransactionDecodeError.InvalidSignature;
        transaction = new Transaction
        {
            ChainId = (v - 35) / 2,
            Nonce = nonce,
            MaxFeePerGas = price,
            MaxPriorityFeePerGas = price,
            GasLimit = gas,
            To = to,
            Value = value,
            Data = In(raw, data),
            Signature = Signed(r, s, (byte)(ulong)((v - 35) % 2)),
        };
        return Keep(transaction, raw, raw.Length - all.Length, signed);
    }

    private static TransactionDecodeError Typed(byte[] raw, out Transaction? transaction)
    {
        var type = (TransactionType)raw[0];
        var outer = new RlpReader(raw.AsSpan(1));
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var all = fields.Remaining;
        var chain = fields.ReadUInt256();
        var nonce = fields.ReadUInt64();
        var first = fields.ReadUInt256();
        var second = type == TransactionType.DynamicFee ? fields.ReadUInt256() : first;
        var gas = fields.ReadUInt64();
        var to = fields.ReadOptionalAddress();
        var value = fields.ReadUInt256();
        var data = fields.ReadBytes();
        var accessList = ReadAccessList(fields.ReadList());
        var signed = all.Length - fields.Remaining.Length;
        var parity = fields.ReadUInt64();
        var r = fields.ReadUInt256();
        var s = fields.ReadUInt256();
        fields.EnsureEnd();
        transaction = new Transaction
        {
            Type = type,
            ChainId = chain,
            Nonce = nonce,
            MaxPriorityFeePerGas = first,
            MaxFeePerGas = second,
            GasLimit = gas,
            To = to,
            Value = value,
            Data = In(raw, data),
            AccessList = accessList,
            Signature = Signed(r, s, parity > 1 ? (byte)2 : (byte)parity),
        };
        return Keep(transaction, raw, raw.Length - all.Length, signed);
    }

    // The same bytes as a part of the array they stand in.
    private static ReadOnlyMemory<byte> In(byte[] raw, ReadOnlySpan<byte> part) =>
        part.Overlaps(raw, out var offset) ? raw.AsMemory(-offset, part.Length) : default;

    private static TransactionDecodeError Keep(Transaction tx, byte[] raw, int signedFrom, int signedLength)
    {
        if (tx.Signature is not { IsInRange: true, IsLowS: true })
            return TransactionDecodeError.InvalidSignature;
        tx.Keep(raw, signedFrom, signedLength);
        return TransactionDecodeError.None;
    }

    private static AccessListEntry[] ReadAccessList(RlpReader list)
    {
        if (list.IsEnd)
            return [];
        var entries = new List<AccessListEntry>();
        while (!list.IsEnd)
        {
            var pair = list.ReadList();
            var address = pair.ReadAddress();
            var keyList = pair.ReadList();
            pair.EnsureEnd();
            var keys = new List<Hash256>();
            while (!keyList.IsEnd)
                keys.Add(keyList.ReadHash());
            entries.Add(new AccessListEntry(address, keys));
        }

        return [.. entries];
    }

    private static Signature Signed(UInt256 r, UInt256 s, byte parity) =>
        new(Hash256.FromUInt256(r), Hash256.FromUInt256(s), parity);
}
