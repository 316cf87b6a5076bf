using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Shapes;

/// <summary>Blocks as the execution API shapes them; what a chain without work and uncles lacks is zero.</summary>
internal static class BlockShape
{
    public static void Write(Utf8JsonWriter json, BlockView block, bool full)
    {
        json.WriteStartObject();
        WriteHeader(json, block);
        json.Quantity("size"u8, (ulong)block.Size);
        json.WriteStartArray("uncles"u8);
        json.WriteEndArray();
        json.WriteStartArray("transactions"u8);
        for (var i = 0; i < block.Block.Transactions.Count; i++)
        {
            if (full)
                TransactionShape.Write(json, block, i);
            else
                json.Data(block.Block.Transactions[i].Hash);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>A block without its transactions, as subscribers of new heads get it.</summary>
    public static void WriteHead(Utf8JsonWriter json, BlockView block)
    {
        json.WriteStartObject();
        WriteHeader(json, block);
        json.WriteEndObject();
    }

    private static void WriteHeader(Utf8JsonWriter json, BlockView block)
    {
        var h = block.Header;
        json.Quantity("number"u8, h.Number);
        json.Data("hash"u8, block.Hash);
        json.Data("parentHash"u8, h.ParentHash);
        json.Data("sha3Uncles"u8, BlockHeader.EmptyOmmersHash);
        json.Data("miner"u8, h.Miner);
        json.Data("stateRoot"u8, h.StateRoot);
        json.Data("transactionsRoot"u8, h.TransactionsRoot);
        json.Data("receiptsRoot"u8, h.ReceiptsRoot);
        json.Data("logsBloom"u8, h.LogsBloom.Span);
        json.WriteString("difficulty"u8, "0x0"u8);
        json.WriteString("totalDifficulty"u8, "0x0"u8);
        json.Quantity("gasLimit"u8, h.GasLimit);
        json.Quantity("gasUsed"u8, h.GasUsed);
        json.Quantity("timestamp"u8, h.Timestamp);
        json.Data("extraData"u8, h.ExtraData);
        json.Data("mixHash"u8, Hash256.Zero);
        json.WriteString("nonce"u8, "0x0000000000000000"u8);
        json.Quantity("baseFeePerGas"u8, h.BaseFeePerGas);
    }
}
