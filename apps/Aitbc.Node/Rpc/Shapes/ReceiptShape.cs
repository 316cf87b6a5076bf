using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Shapes;

/// <summary>Receipts and logs as the execution API shapes them; nothing final is ever removed.</summary>
internal static class ReceiptShape
{
    private static readonly byte[] NoLogs = new byte[Bloom.Length];

    public static void Write(Utf8JsonWriter json, BlockView block, int index)
    {
        var (tx, receipt) = (block.Block.Transactions[index], block.Receipts[index]);
        json.WriteStartObject();
        json.Quantity("type"u8, (ulong)tx.Type);
        json.WriteString("status"u8, receipt.Succeeded ? "0x1"u8 : "0x0"u8);
        json.Data("transactionHash"u8, tx.Hash);
        json.Quantity("transactionIndex"u8, (ulong)index);
        json.Data("blockHash"u8, block.Hash);
        json.Quantity("blockNumber"u8, block.Header.Number);
        json.Data("from"u8, block.Sender(index));
        TransactionShape.WriteTo(json, tx.To);
        json.WriteNull("contractAddress"u8);
        json.Quantity("cumulativeGasUsed"u8, receipt.CumulativeGasUsed);
        json.Quantity("gasUsed"u8, receipt.GasUsed);
        json.Quantity("effectiveGasPrice"u8, receipt.EffectiveGasPrice);
        json.Data("logsBloom"u8, receipt.Logs.Count == 0 ? NoLogs : Bloom.Of(receipt.Logs));
        json.WriteStartArray("logs"u8);
        for (var i = 0; i < receipt.Logs.Count; i++)
            WriteLog(json, block, index, i);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A log of a transaction; its index counts over the block.</summary>
    public static void WriteLog(Utf8JsonWriter json, BlockView block, int transaction, int index)
    {
        var log = block.Receipts[transaction].Logs[index];
        json.WriteStartObject();
        json.Data("address"u8, log.Address);
        json.WriteStartArray("topics"u8);
        foreach (var topic in log.Topics)
            json.Data(topic);
        json.WriteEndArray();
        json.Data("data"u8, log.Data.Span);
        json.Quantity("blockNumber"u8, block.Header.Number);
        json.Data("blockHash"u8, block.Hash);
        json.Quantity("blockTimestamp"u8, block.Header.Timestamp);
        json.Data("transactionHash"u8, block.Block.Transactions[transaction].Hash);
        json.Quantity("transactionIndex"u8, (ulong)transaction);
        json.Quantity("logIndex"u8, (ulong)(block.FirstLog(transaction) + index));
        json.WriteBoolean("removed"u8, false);
        json.WriteEndObject();
    }
}
