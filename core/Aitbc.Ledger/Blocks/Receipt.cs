using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Blocks;

/// <summary>What became of a transaction in its block.</summary>
/// <param name="Type">The transaction's type.</param>
/// <param name="Succeeded">False if the call was reverted; nonce and fee were taken all the same.</param>
/// <param name="CumulativeGasUsed">Gas of the block up to and with this transaction.</param>
/// <param name="GasUsed">Gas of this transaction.</param>
/// <param name="EffectiveGasPrice">Base fee plus tip, in atto-AIT per gas.</param>
/// <param name="Logs">Events; none if it was reverted.</param>
public sealed record Receipt(
    TransactionType Type,
    bool Succeeded,
    ulong CumulativeGasUsed,
    ulong GasUsed,
    UInt256 EffectiveGasPrice,
    IReadOnlyList<Log> Logs)
{
    /// <summary>The bytes the receipts root commits to: type ‖ RLP [status, cumulative gas, bloom, logs].</summary>
    public byte[] EncodeConsensus()
    {
        var writer = new RlpWriter(320);
        WriteConsensus(writer);
        return writer.ToArray();
    }

    /// <summary>Writes what <see cref="EncodeConsensus"/> returns, without arrays of its own.</summary>
    public void WriteConsensus(RlpWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (Type != TransactionType.Legacy)
            writer.WriteRaw([(byte)Type]);
        var list = writer.StartList();
        writer.Write(Succeeded ? 1UL : 0UL);
        writer.Write(CumulativeGasUsed);
        Span<byte> bloom = stackalloc byte[Bloom.Length];
        bloom.Clear();
        for (var i = 0; i < Logs.Count; i++)
            Bloom.Add(bloom, Logs[i]);
        writer.Write(bloom);
        WriteLogs(writer);
        writer.EndList(list);
    }

    /// <summary>Everything, for storage: RLP [type, status, cumulative gas, gas, price, logs].</summary>
    public byte[] EncodeStored()
    {
        var writer = new RlpWriter(128);
        WriteStored(writer);
        return writer.ToArray();
    }

    /// <summary>Writes what <see cref="EncodeStored"/> returns, without arrays of its own.</summary>
    public void WriteStored(RlpWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var list = writer.StartList();
        writer.Write((ulong)Type);
        writer.Write(Succeeded ? 1UL : 0UL);
        writer.Write(CumulativeGasUsed);
        writer.Write(GasUsed);
        writer.Write(EffectiveGasPrice);
        WriteLogs(writer);
        writer.EndList(list);
    }

    /// <summary>Reads what <see cref="EncodeStored"/> wrote; what is read encodes to the same bytes.</summary>
    /// <exception cref="RlpException">Other bytes.</exception>
    public static Receipt DecodeStored(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var type = AtMost(fields.ReadUInt64(), (ulong)TransactionType.DynamicFee);
        var status = AtMost(fields.ReadUInt64(), 1);
        var cumulative = fields.ReadUInt64();
        var used = fields.ReadUInt64();
        var price = fields.ReadUInt256();
        var logs = Log.ReadList(ref fields);
        fields.EnsureEnd();
        return new Receipt((TransactionType)type, status == 1, cumulative, used, price, logs);
    }

    private static ulong AtMost(ulong value, ulong limit) =>
        value <= limit ? value : throw new RlpException(RlpError.WrongKind);

    private void WriteLogs(RlpWriter writer)
    {
        var logs = writer.StartList();
        for (var i = 0; i < Logs.Count; i++)
        {
            var log = Logs[i];
            var item = writer.StartList();
            writer.Write(log.Address);
            var topics = writer.StartList();
            for (var t = 0; t < log.Topics.Count; t++)
                writer.Write(log.Topics[t]);
            writer.EndList(topics);
            writer.Write(log.Data.Span);
            writer.EndList(item);
        }

        writer.EndList(logs);
    }
}
