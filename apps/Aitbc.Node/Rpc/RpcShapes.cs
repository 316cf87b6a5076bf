using System.Text.Json.Nodes;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc;

/// <summary>Blocks, transactions, receipts and logs as the execution API shapes them.</summary>
internal static class RpcShapes
{
    public static JsonObject Block(Block block, bool full)
    {
        var transactions = new JsonArray();
        for (var i = 0; i < block.Transactions.Count; i++)
        {
            var tx = block.Transactions[i];
            transactions.Add(full ? Transaction(tx, Sender(tx), block, i) : tx.Hash.ToHex());
        }

        var json = Header(block.Header);
        json["size"] = RpcParams.Quantity((ulong)block.Encode().Length);
        json["uncles"] = new JsonArray();
        json["transactions"] = transactions;
        return json;
    }

    /// <summary>A block without its transactions, as subscribers of new heads get it.</summary>
    public static JsonObject Header(BlockHeader h)
    {
        return new JsonObject
        {
            ["number"] = RpcParams.Quantity(h.Number),
            ["hash"] = h.Hash().ToHex(),
            ["parentHash"] = h.ParentHash.ToHex(),
            ["sha3Uncles"] = BlockHeader.EmptyOmmersHash.ToHex(),
            ["miner"] = h.Miner.ToHex(),
            ["stateRoot"] = h.StateRoot.ToHex(),
            ["transactionsRoot"] = h.TransactionsRoot.ToHex(),
            ["receiptsRoot"] = h.ReceiptsRoot.ToHex(),
            ["logsBloom"] = Hex.ToHex(h.LogsBloom.Span),
            ["difficulty"] = "0x0",
            ["totalDifficulty"] = "0x0",
            ["gasLimit"] = RpcParams.Quantity(h.GasLimit),
            ["gasUsed"] = RpcParams.Quantity(h.GasUsed),
            ["timestamp"] = RpcParams.Quantity(h.Timestamp),
            ["extraData"] = h.ExtraData.ToHex(),
            ["mixHash"] = Hash256.Zero.ToHex(),
            ["nonce"] = "0x0000000000000000",
            ["baseFeePerGas"] = h.BaseFeePerGas.ToQuantity(),
        };
    }

    public static JsonObject Transaction(Transaction tx, Address sender, Block? block, int index)
    {
        var signature = tx.Signature!.Value;
        var isLegacy = tx.Type == TransactionType.Legacy;
        var json = new JsonObject
        {
            ["type"] = RpcParams.Quantity((ulong)tx.Type),
            ["hash"] = tx.Hash.ToHex(),
            ["nonce"] = RpcParams.Quantity(tx.Nonce),
            ["blockHash"] = block?.Header.Hash().ToHex(),
            ["blockNumber"] = block is null ? null : RpcParams.Quantity(block.Header.Number),
            ["transactionIndex"] = block is null ? null : RpcParams.Quantity((ulong)index),
            ["blockTimestamp"] = block is null ? null : RpcParams.Quantity(block.Header.Timestamp),
            ["from"] = sender.ToHex(),
            ["to"] = tx.To?.ToHex(),
            ["value"] = tx.Value.ToQuantity(),
            ["gas"] = RpcParams.Quantity(tx.GasLimit),
            ["gasPrice"] = Price(tx, block).ToQuantity(),
            ["input"] = Hex.ToHex(tx.Data.Span),
            ["chainId"] = tx.ChainId?.ToQuantity(),
            ["v"] = isLegacy
                ? ((tx.ChainId!.Value * 2) + 35 + signature.YParity).ToQuantity()
                : RpcParams.Quantity(signature.YParity),
            ["r"] = signature.R.ToUInt256().ToQuantity(),
            ["s"] = signature.S.ToUInt256().ToQuantity(),
        };
        if (isLegacy)
            return json;
        json["yParity"] = RpcParams.Quantity(signature.YParity);
        json["accessList"] = AccessList(tx);
        if (tx.Type == TransactionType.DynamicFee)
        {
            json["maxFeePerGas"] = tx.MaxFeePerGas.ToQuantity();
            json["maxPriorityFeePerGas"] = tx.MaxPriorityFeePerGas.ToQuantity();
        }

        return json;
    }

    public static JsonObject Receipt(Block block, IReadOnlyList<Receipt> receipts, int index)
    {
        var (tx, receipt) = (block.Transactions[index], receipts[index]);
        var logs = new JsonArray();
        foreach (var log in Logs(block, receipts, index))
            logs.Add(log);
        return new JsonObject
        {
            ["type"] = RpcParams.Quantity((ulong)tx.Type),
            ["status"] = receipt.Succeeded ? "0x1" : "0x0",
            ["transactionHash"] = tx.Hash.ToHex(),
            ["transactionIndex"] = RpcParams.Quantity((ulong)index),
            ["blockHash"] = block.Header.Hash().ToHex(),
            ["blockNumber"] = RpcParams.Quantity(block.Header.Number),
            ["from"] = Sender(tx).ToHex(),
            ["to"] = tx.To?.ToHex(),
            ["contractAddress"] = null,
            ["cumulativeGasUsed"] = RpcParams.Quantity(receipt.CumulativeGasUsed),
            ["gasUsed"] = RpcParams.Quantity(receipt.GasUsed),
            ["effectiveGasPrice"] = receipt.EffectiveGasPrice.ToQuantity(),
            ["logsBloom"] = Hex.ToHex(Bloom.Of(receipt.Logs)),
            ["logs"] = logs,
        };
    }

    /// <summary>The logs of one transaction; their index counts over the block.</summary>
    public static IEnumerable<JsonObject> Logs(Block block, IReadOnlyList<Receipt> receipts, int index)
    {
        var first = receipts.Take(index).Sum(r => r.Logs.Count);
        var hash = block.Header.Hash().ToHex();
        foreach (var (log, i) in receipts[index].Logs.Select((l, i) => (l, i)))
        {
            yield return new JsonObject
            {
                ["address"] = log.Address.ToHex(),
                ["topics"] = new JsonArray([.. log.Topics.Select(t => (JsonNode)t.ToHex()!)]),
                ["data"] = Hex.ToHex(log.Data.Span),
                ["blockNumber"] = RpcParams.Quantity(block.Header.Number),
                ["blockHash"] = hash,
                ["blockTimestamp"] = RpcParams.Quantity(block.Header.Timestamp),
                ["transactionHash"] = block.Transactions[index].Hash.ToHex(),
                ["transactionIndex"] = RpcParams.Quantity((ulong)index),
                ["logIndex"] = RpcParams.Quantity((ulong)(first + i)),
                ["removed"] = false,
            };
        }
    }

    private static Address Sender(Transaction tx) => tx.TryRecoverSender(out var sender)
        ? sender
        : throw new InvalidOperationException($"Transaction {tx.Hash} of a block has no sender.");

    private static UInt256 Price(Transaction tx, Block? block) => block is null
        ? tx.MaxFeePerGas
        : block.Header.BaseFeePerGas + tx.EffectiveTip(block.Header.BaseFeePerGas);

    private static JsonArray AccessList(Transaction tx)
    {
        var list = new JsonArray();
        foreach (var entry in tx.AccessList)
        {
            list.Add(new JsonObject
            {
                ["address"] = entry.Address.ToHex(),
                ["storageKeys"] = new JsonArray([.. entry.StorageKeys.Select(k => (JsonNode)k.ToHex()!)]),
            });
        }

        return list;
    }
}
