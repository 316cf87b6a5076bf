using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Shapes;

/// <summary>
/// A transaction and its receipt with their proofs against the roots of their block: the receipt itself does not name
/// its transaction, the same index in both lists does.
/// </summary>
internal static class ListProofShape
{
    public static void Write(Utf8JsonWriter json, BlockView block, int index)
    {
        var transactions = block.Block.Transactions.Select(t => t.Encode()).ToList();
        var receipts = block.Receipts.Select(r => (ReadOnlyMemory<byte>)r.EncodeConsensus()).ToList();
        json.WriteStartObject();
        json.Quantity("blockNumber"u8, block.Header.Number);
        json.Quantity("transactionIndex"u8, (ulong)index);
        Write(json, "transaction"u8, "transactionProof"u8, transactions, index);
        Write(json, "receipt"u8, "receiptProof"u8, receipts, index);
        json.WriteEndObject();
    }

    private static void Write(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> proofName,
        List<ReadOnlyMemory<byte>> items, int index)
    {
        json.Data(name, items[index].Span);
        json.WriteStartArray(proofName);
        foreach (var node in ListProof.Of(items, index))
            json.Data(node);
        json.WriteEndArray();
    }
}
