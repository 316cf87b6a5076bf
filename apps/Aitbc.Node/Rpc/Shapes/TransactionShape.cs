using System.Text.Json;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Shapes;

/// <summary>Transactions as the execution API shapes them.</summary>
internal static class TransactionShape
{
    public static void Write(Utf8JsonWriter json, BlockView block, int index)
    {
        var tx = block.Block.Transactions[index];
        var baseFee = block.Header.BaseFeePerGas;
        json.WriteStartObject();
        json.Data("blockHash"u8, block.Hash);
        json.Quantity("blockNumber"u8, block.Header.Number);
        json.Quantity("transactionIndex"u8, (ulong)index);
        json.Quantity("blockTimestamp"u8, block.Header.Timestamp);
        WriteFields(json, tx, block.Sender(index), baseFee + tx.EffectiveTip(baseFee));
        json.WriteEndObject();
    }

    /// <summary>One that waits: it stands nowhere yet, and its price is the most it may be.</summary>
    public static void WritePending(Utf8JsonWriter json, Transaction tx, Address sender)
    {
        json.WriteStartObject();
        json.WriteNull("blockHash"u8);
        json.WriteNull("blockNumber"u8);
        json.WriteNull("transactionIndex"u8);
        json.WriteNull("blockTimestamp"u8);
        WriteFields(json, tx, sender, tx.MaxFeePerGas);
        json.WriteEndObject();
    }

    public static void WriteTo(Utf8JsonWriter json, Address? to)
    {
        if (to is { } address)
            json.Data("to"u8, address);
        else
            json.WriteNull("to"u8);
    }

    private static void WriteFields(Utf8JsonWriter json, Transaction tx, Address sender, UInt256 price)
    {
        json.Quantity("type"u8, (ulong)tx.Type);
        json.Data("hash"u8, tx.Hash);
        json.Quantity("nonce"u8, tx.Nonce);
        json.Data("from"u8, sender);
        WriteTo(json, tx.To);
        json.Quantity("value"u8, tx.Value);
        json.Quantity("gas"u8, tx.GasLimit);
        json.Quantity("gasPrice"u8, price);
        json.Data("input"u8, tx.Data.Span);
        json.Quantity("chainId"u8, tx.ChainId!.Value);
        WriteSignature(json, tx);
        if (tx.Type != TransactionType.Legacy)
            WriteAccessList(json, tx.AccessList);
        if (tx.Type != TransactionType.DynamicFee)
            return;
        json.Quantity("maxFeePerGas"u8, tx.MaxFeePerGas);
        json.Quantity("maxPriorityFeePerGas"u8, tx.MaxPriorityFeePerGas);
    }

    private static void WriteSignature(Utf8JsonWriter json, Transaction tx)
    {
        var signature = tx.Signature!.Value;
        var isLegacy = tx.Type == TransactionType.Legacy;
        json.Quantity("v"u8, isLegacy ? (tx.ChainId!.Value * 2) + 35 + signature.YParity : signature.YParity);
        json.Quantity("r"u8, signature.R.ToUInt256());
        json.Quantity("s"u8, signature.S.ToUInt256());
        if (!isLegacy)
            json.Quantity("yParity"u8, (ulong)signature.YParity);
    }

    private static void WriteAccessList(Utf8JsonWriter json, IReadOnlyList<AccessListEntry> entries)
    {
        json.WriteStartArray("accessList"u8);
        foreach (var entry in entries)
        {
            json.WriteStartObject();
            json.Data("address"u8, entry.Address);
            json.WriteStartArray("storageKeys"u8);
            foreach (var key in entry.StorageKeys)
                json.Data(key);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
