using System.Text.Json.Nodes;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Engine;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc;

/// <summary>Blocks, transactions, receipts and the node's own status.</summary>
internal sealed class BlockMethods(Chain chain, BlockMaker maker, ChainFeed feed, SupplyAudit audit)
{
    public JsonNode? ByNumber(RpcParams p) => Shape(AtTag(p), p.Flag(1));

    public JsonNode? ByHash(RpcParams p) => Shape(AtHash(p), p.Flag(1));

    public JsonNode? CountByNumber(RpcParams p) => Count(AtTag(p));

    public JsonNode? CountByHash(RpcParams p) => Count(AtHash(p));

    public JsonNode? UnclesByNumber(RpcParams p) => AtTag(p) is null ? null : "0x0";

    public JsonNode? UnclesByHash(RpcParams p) => AtHash(p) is null ? null : "0x0";

    public JsonNode? TransactionByNumberAndIndex(RpcParams p) => At(AtTag(p), p.Index(1));

    public JsonNode? TransactionByHashAndIndex(RpcParams p) => At(AtHash(p), p.Index(1));

    public JsonNode? Transaction(RpcParams p)
    {
        var hash = p.Hash(0);
        if (chain.Store.Locate(hash) is { } place)
        {
            return At(chain.Store.Block(place.Height), place.Index);
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
        if (AtTag(p) is not { } block)
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
        var verdict = chain.Pool.Add(transaction, chain.NextBaseFee, chain.Head.Header.GasLimit, out var sender);
        if (verdict.Error is { } refused)
            throw RpcError.Rejected(refused);
        feed.Publish(transaction, sender);
        maker.Signal();
        return transaction.Hash.ToHex();
    }

    /// <summary>What became of a transaction: included, waiting, given up with the reason, or unknown here.</summary>
    public JsonNode? TransactionStatus(RpcParams p)
    {
        var hash = p.Hash(0);
        if (chain.Store.Locate(hash) is { } place)
            return new JsonObject { ["status"] = "included", ["blockNumber"] = RpcParams.Quantity(place.Height) };
        if (chain.Pool.Find(hash, out var sender) is { } waiting)
        {
            var status = waiting.Nonce < chain.Pool.PendingNonce(sender) ? "pending" : "queued";
            return new JsonObject { ["status"] = status };
        }

        return chain.Pool.DropReason(hash) is { } reason
            ? new JsonObject { ["status"] = "dropped", ["reason"] = reason }
            : new JsonObject { ["status"] = "unknown" };
    }

    public JsonNode? Status(RpcParams p)
    {
        var (supply, conserved) = audit.Run();
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
            ["conservation"] = conserved,
        };
    }

    // What does not exist is null, not an error.
    private Block? AtTag(RpcParams p) => chain.Store.Block(BlockTag.Height(chain, p[0]));

    private Block? AtHash(RpcParams p) =>
        chain.Store.HeightOf(p.Hash(0)) is { } height ? chain.Store.Block(height) : null;

    private static JsonNode? Count(Block? block) =>
        block is null ? null : RpcParams.Quantity((ulong)block.Transactions.Count);

    private static JsonObject? At(Block? block, int index)
    {
        if (block is null || index >= block.Transactions.Count)
            return null;
        var tx = block.Transactions[index];
        return tx.TryRecoverSender(out var sender)
            ? RpcShapes.Transaction(tx, sender, block, index)
            : throw new InvalidOperationException($"Transaction {tx.Hash} of a block has no sender.");
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
