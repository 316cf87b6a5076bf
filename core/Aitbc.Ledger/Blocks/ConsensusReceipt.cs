using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Blocks;

/// <summary>
/// What the receipts root commits to of a receipt: what a proof can show (specs/state.md, section 2).
/// </summary>
/// <param name="Type">Type of the transaction.</param>
/// <param name="Succeeded">False if the call was reverted.</param>
/// <param name="CumulativeGasUsed">Gas of the block up to and with this transaction.</param>
/// <param name="Logs">Events, in order.</param>
public sealed record ConsensusReceipt(
    TransactionType Type, bool Succeeded, ulong CumulativeGasUsed, IReadOnlyList<Log> Logs)
{
    /// <summary>Reads what <see cref="Receipt.EncodeConsensus"/> wrote.</summary>
    /// <exception cref="RlpException">Other bytes, or a bloom that is not that of the logs.</exception>
    public static ConsensusReceipt Decode(ReadOnlySpan<byte> bytes)
    {
        var type = TransactionType.Legacy;
        if (bytes.Length > 0 && bytes[0] is > 0 and <= (byte)TransactionType.DynamicFee)
        {
            type = (TransactionType)bytes[0];
            bytes = bytes[1..];
        }

        var outer = new RlpReader(bytes);
        var fields = outer.ReadList();
        outer.EnsureEnd();
        var status = fields.ReadUInt64();
        var cumulative = fields.ReadUInt64();
        var bloom = fields.ReadBytes(Bloom.Length);
        var logs = Log.ReadList(ref fields);
        fields.EnsureEnd();
        if (status > 1 || !bloom.SequenceEqual(Bloom.Of(logs)))
            throw new RlpException(RlpError.WrongKind);
        return new ConsensusReceipt(type, status == 1, cumulative, logs);
    }
}
