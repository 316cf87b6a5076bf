using System.Text.Json.Nodes;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc;

/// <summary>Blocks, transactions, receipts and the node's own status.</summary>
internal sealed class BlockMethods(Chain chain, BlockMaker maker)
{
    public JsonNode? ByNumber(RpcParams p) => Shape(
        chain.Store.Block(RpcParams.Height(p[0], chain.Head.Header.Number)), p.Flag(1));

    public JsonNode? ByHash(RpcParams p) =>
        chain.Store.HeightOf(p.Hash(0)) is { } height ? Shape(chain.Store.Block(height), p.Flag(1)) : null;

    public JsonNode? Transaction(RpcParams p)
    {
        var hash = p.Hash(0);
        if (chain.Store.Locate(hash) is { } place)
        {
            var block = chain.Store.Block(place.Height)!;
            var tx = block.Transactions[place.Index];
            tx.TryRecoverSender(out var from);
            return RpcShapes.Transaction(tx, from, block, place.Index);
        }

        return chain.Pool.Find(hash, out var sender) is { } waiting
            ? RpcShapes.Transaction(waiting, sender, null, 0)
            : null;
    }

    public JsonNode? Receipt(RpcParams p) => chain.Store.Locate(p.Hash(0)) is { } place
        ? RpcShapes.Receipt(chain.Store.Block(place.Height)!, chain.Store.Receipts(place.Height), place.Index)
        : null;

    public JsonNode? Receipts(RpcParams p)
    {
        if (chain.Store.Block(RpcParams.Height(p[0], chain.Head.Header.Number)) is not { } block)
            return null;
        var receipts = chain.Store.Receipts(block.Header.Number);
        return new JsonArray(
            [.. Enumerable.Range(0, receipts.Count).Select(i => (JsonNode)RpcShapes.Receipt(block, receipts, i))]);
    }

    public JsonNode? SendRaw(RpcParams p)
    {
        if (!TransactionCodec.TryDecode(p.Bytes(0), out var transaction, out var error))
            throw RpcError.Rejected(Describe(error));
        if (chain.Store.Locate(transaction.Hash) is not null)
            throw RpcError.Rejected("already known");
        if (chain.Pool.Add(transaction, chain.NextBaseFee).Error is { } refused)
            throw RpcError.Rejected(refused);
        maker.Signal();
        return transaction.Hash.ToHex();
    }

    public JsonNode? Status(RpcParams p)
    {
        var supply = Supply.Read(chain.Store);
        return new JsonObject
        {
            ["height"] = RpcParams.Quantity(chain.Head.Header.Number),
            ["pending"] = RpcParams.Quantity((ulong)chain.Pool.Count),
            ["includedTotal"] = RpcParams.Quantity(chain.IncludedTotal),
            ["oldestPendingMs"] = RpcParams.Quantity(chain.Pool.OldestMs),
            ["supply"] = new JsonObject
            {
                ["genesis"] = supply.Genesis.ToQuantity(),
                ["burned"] = supply.Burned.ToQuantity(),
                ["total"] = supply.Total.ToQuantity(),
            },
            ["conservation"] = chain.SumOfBalances() == supply.Total,
        };
    }

    private static JsonObject? Shape(Block? block, bool full) => block is null ? null : RpcShapes.Block(block, full);

    private static string Describe(TransactionDecodeError error) => error switch
    {
        TransactionDecodeError.ReplayUnprotected =>
            "only replay-protected (EIP-155) transactions allowed over RPC",
        TransactionDecodeError.TypeNotSupported => "transaction type not supported",
        TransactionDecodeError.TooLarge => "oversized data: transaction size limit is 131072 bytes",
        TransactionDecodeError.InvalidSignature => "invalid transaction v, r, s values",
        _ => "rlp: the bytes are not a canonical signed transaction",
    };
}
