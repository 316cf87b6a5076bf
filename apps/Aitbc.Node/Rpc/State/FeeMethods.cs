using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.State;

/// <summary>What a transaction should offer, and what others offered.</summary>
internal sealed class FeeMethods(Chain chain, BlockReader blocks, NodeOptions options)
{
    private const int MostPercentiles = 100;

    // Attos per gas: enough to be preferred to those that offer none.
    private static readonly UInt256 SuggestedTip = 1_000_000UL;

    public void GasPrice(in RpcCall call, Utf8JsonWriter json) => json.Quantity(chain.NextBaseFee + SuggestedTip);

    public void NextBaseFee(in RpcCall call, Utf8JsonWriter json) => json.Quantity(chain.NextBaseFee);

    public static void Tip(in RpcCall call, Utf8JsonWriter json) => json.Quantity(SuggestedTip);

    public void History(in RpcCall call, Utf8JsonWriter json)
    {
        var head = chain.Head.Header.Number;
        var newest = BlockTag.Height(chain, call[1]);
        if (newest > head)
            throw RpcError.Rejected("request beyond head block");
        // Blocks that are not kept are no error here: wallets ask for a few without knowing how many there are.
        var kept = Math.Min(newest, chain.Store.WholeFrom);
        var most = Math.Min((ulong)options.MaxFeeHistory, newest + 1 - kept);
        var count = Math.Min(RpcValue.Count(call.Required(0)), most);
        var percentiles = Percentiles(call[2]);
        var oldest = newest + 1 - count;
        var headers = new List<BlockHeader>();
        for (var height = oldest; height <= newest; height++)
        {
            call.Deadline.Check();
            headers.Add(blocks.HeaderAt(height)!);
        }

        json.WriteStartObject();
        json.Quantity("oldestBlock"u8, count == 0 ? 0 : oldest);
        WriteFees(json, headers);
        if (percentiles is not null)
            WriteRewards(json, oldest, newest, percentiles, call);
        json.WriteEndObject();
    }

    private static void WriteFees(Utf8JsonWriter json, List<BlockHeader> headers)
    {
        json.WriteStartArray("baseFeePerGas"u8);
        foreach (var header in headers)
            json.Quantity(header.BaseFeePerGas);
        if (headers.Count > 0)
            json.Quantity(BaseFee.After(headers[^1]));
        json.WriteEndArray();
        json.WriteStartArray("gasUsedRatio"u8);
        foreach (var header in headers)
            json.WriteNumberValue((double)header.GasUsed / header.GasLimit);
        json.WriteEndArray();
    }

    private void WriteRewards(
        Utf8JsonWriter json, ulong oldest, ulong newest, double[] percentiles, in RpcCall call)
    {
        json.WriteStartArray("reward"u8);
        for (var height = oldest; height <= newest; height++)
        {
            call.Deadline.Check();
            json.WriteStartArray();
            foreach (var reward in Rewards(blocks.At(height)!, percentiles))
                json.Quantity(reward);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    // The tip at each percentile of the block's gas, tips in ascending order.
    private static IEnumerable<UInt256> Rewards(BlockView block, double[] percentiles)
    {
        var transactions = block.Block.Transactions;
        if (transactions.Count == 0)
            return percentiles.Select(_ => default(UInt256));
        var order = Enumerable.Range(0, transactions.Count)
            .Select(i => (Tip: transactions[i].EffectiveTip(block.Header.BaseFeePerGas), block.Receipts[i].GasUsed))
            .OrderBy(t => t.Tip).ToList();
        var rewards = new List<UInt256>();
        var (at, sum) = (0, order[0].GasUsed);
        foreach (var percentile in percentiles)
        {
            var threshold = block.Header.GasUsed * percentile / 100;
            while (sum < threshold && at < order.Count - 1)
                sum += order[++at].GasUsed;
            rewards.Add(order[at].Tip);
        }

        return rewards;
    }

    private static double[]? Percentiles(JsonElement? element)
    {
        if (element is not { } list)
            return null;
        if (list.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument 2: reward percentiles are not a list");
        if (list.GetArrayLength() > MostPercentiles)
            throw RpcError.TooMuch($"at most {MostPercentiles} reward percentiles");
        var read = new List<double>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetDouble(out var value)
                || value is not (>= 0 and <= 100) || (read.Count > 0 && value < read[^1]))
                throw RpcError.InvalidParams("invalid reward percentile: numbers from 0 to 100 in ascending order");
            read.Add(value);
        }

        return read.Count == 0 ? null : [.. read];
    }
}
