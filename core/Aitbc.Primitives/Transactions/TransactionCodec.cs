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

    /// <summary>Reads a signed transaction. Never throws for any bytes.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> raw, [NotNullWhen(true)] out Transaction? transaction, out TransactionDecodeError error)
    {
        transaction = null;
        error = Envelope(raw);
        if (error != TransactionDecodeError.None)
            return false;
        try
        {
            error = raw[0] >= 0xc0 ? Legacy(raw, out transaction) : Typed(raw, out transaction);
        }
        catch (RlpException)
        {
            error = TransactionDecodeError.Malformed;
        }

        if (error != TransactionDecodeError.None)
        {
            transaction = null;
            return false;
        }

        transaction!.WithEncoding(raw.ToArray());
        return true;
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

    private static TransactionDecodeError Legacy(ReadOnlySpan<byte> raw, out Transaction? transaction)
    {
        transaction = null;
        var outer = new RlpReader(raw);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var nonce = fields.ReadUInt64();
        var price = fields.ReadUInt256();
        var unsigned = new Transaction
        {
            Nonce = nonce,
            MaxFeePerGas = price,
            MaxPriorityFeePerGas = price,
            GasLimit = fields.ReadUInt64(),
            To = fields.ReadOptionalAddress(),
            Value = fields.ReadUInt256(),
            Data = fields.ReadBytes().ToArray(),
        };
        var v = fields.ReadUInt256();
        var r = fields.ReadUInt256();
        var s = fields.ReadUInt256();
        fields.EnsureEnd();
        if (v == 27 || v == 28)
            return TransactionDecodeError.ReplayUnprotected;
        if (v < 35)
            return TransactionDecodeError.InvalidSignature;
        var parity = (byte)(ulong)((v - 35) % 2);
        transaction = unsigned with { ChainId = (v - 35) / 2, Signature = Signed(r, s, parity) };
        return Check(transaction);
    }

    private static TransactionDecodeError Typed(ReadOnlySpan<byte> raw, out Transaction? transaction)
    {
        var type = (TransactionType)raw[0];
        var outer = new RlpReader(raw[1..]);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var chain = fields.ReadUInt256();
        var nonce = fields.ReadUInt64();
        var first = fields.ReadUInt256();
        var second = type == TransactionType.DynamicFee ? fields.ReadUInt256() : first;
        var unsigned = new Transaction
        {
            Type = type,
            ChainId = chain,
            Nonce = nonce,
            MaxPriorityFeePerGas = first,
            MaxFeePerGas = second,
            GasLimit = fields.ReadUInt64(),
            To = fields.ReadOptionalAddress(),
            Value = fields.ReadUInt256(),
            Data = fields.ReadBytes().ToArray(),
            AccessList = ReadAccessList(fields.ReadList()),
        };
        var parity = fields.ReadUInt64();
        var r = fields.ReadUInt256();
        var s = fields.ReadUInt256();
        fields.EnsureEnd();
        transaction = unsigned with { Signature = Signed(r, s, parity > 1 ? (byte)2 : (byte)parity) };
        return Check(transaction);
    }

    private static List<AccessListEntry> ReadAccessList(RlpReader list)
    {
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

        return entries;
    }

    private static Signature Signed(UInt256 r, UInt256 s, byte parity) =>
        new(Hash256.FromUInt256(r), Hash256.FromUInt256(s), parity);

    private static TransactionDecodeError Check(Transaction tx) =>
        tx.Signature is { IsInRange: true, IsLowS: true }
            ? TransactionDecodeError.None
            : TransactionDecodeError.InvalidSignature;
}
