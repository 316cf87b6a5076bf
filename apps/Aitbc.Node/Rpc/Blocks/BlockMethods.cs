using System.Text.Json;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Shapes;

namespace Aitbc.Node.Rpc.Blocks;

/// <summary>Blocks, transactions and receipts. What does not exist is null, not an error.</summary>
internal sealed class BlockMethods(Chain chain, BlockReader blocks)
{
    public void Number(in RpcCall call, Utf8JsonWriter json) => json.Quantity(chain.Head.Header.Number);

    public void ByNumber(in RpcCall call, Utf8JsonWriter json) => Block(AtTag(call), call.Flag(1), json);

    public void ByHash(in RpcCall call, Utf8JsonWriter json) => Block(AtHash(call), call.Flag(1), json);

    public void CountByNumber(in RpcCall call, Utf8JsonWriter json) => Count(AtTag(call), json);

    public void CountByHash(in RpcCall call, Utf8JsonWriter json) => Count(AtHash(call), json);

    public void UnclesByNumber(in RpcCall call, Utf8JsonWriter json) => Uncles(AtTag(call), json);

    public void UnclesByHash(in RpcCall call, Utf8JsonWriter json) => Uncles(AtHash(call), json);

    public void TransactionByNumberAndIndex(in RpcCall call, Utf8JsonWriter json) =>
        Transaction(AtTag(call), call.Index(1), json);

    public void TransactionByHashAndIndex(in RpcCall call, Utf8JsonWriter json) =>
        Transaction(AtHash(call), call.Index(1), json);

    public void TransactionByHash(in RpcCall call, Utf8JsonWriter json)
    {
        var hash = call.Hash(0);
        if (blocks.Locate(hash) is var (block, index))
            TransactionShape.Write(json, block, index);
        else if (chain.Pool.Find(hash, out var sender) is { } waiting)
            TransactionShape.WritePending(json, waiting, sender);
        else
            json.WriteNullValue();
    }

    public void Receipt(in RpcCall call, Utf8JsonWriter json)
    {
        if (blocks.Locate(call.Hash(0)) is var (block, index))
            ReceiptShape.Write(json, block, index);
        else
            json.WriteNullValue();
    }

    public void Receipts(in RpcCall call, Utf8JsonWriter json)
    {
        if (AtTag(call) is not { } block)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartArray();
        for (var i = 0; i < block.Receipts.Count; i++)
        {
            call.Deadline.Check();
            ReceiptShape.Write(json, block, i);
        }

        json.WriteEndArray();
    }

    public void ReceiptProof(in RpcCall call, Utf8JsonWriter json)
    {
        if (blocks.Locate(call.Hash(0)) is var (block, index))
            ListProofShape.Write(json, block, index);
        else
            json.WriteNullValue();
    }

    // An unknown hash is no block here; in questions about state it is an error.
    private BlockView? AtTag(in RpcCall call) =>
        BlockTag.Find(chain, call.Required(0)) is { } height ? blocks.At(height) : null;

    private BlockView? AtHash(in RpcCall call) => blocks.Of(call.Hash(0));

    private static void Block(BlockView? block, bool full, Utf8JsonWriter json)
    {
        if (block is null)
            json.WriteNullValue();
        else
            BlockShape.Write(json, block, full);
    }

    private static void Count(BlockView? block, Utf8JsonWriter json)
    {
        if (block is null)
            json.WriteNullValue();
        else
            json.Quantity((ulong)block.Block.Transactions.Count);
    }

    private static void Uncles(BlockView? block, Utf8JsonWriter json)
    {
        if (block is null)
            json.WriteNullValue();
        else
            json.WriteStringValue("0x0"u8);
    }

    private static void Transaction(BlockView? block, int index, Utf8JsonWriter json)
    {
        if (block is null || index >= block.Block.Transactions.Count)
            json.WriteNullValue();
        else
            TransactionShape.Write(json, block, index);
    }
}
