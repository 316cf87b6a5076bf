using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Engine;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc;

/// <summary>eth_getLogs: blooms say which blocks are read at all.</summary>
internal sealed class LogMethods(Chain chain, NodeOptions options)
{
    private const int MostAddresses = 1_000;
    private const int MostTopics = 4;

    public JsonNode? Get(RpcParams p)
    {
        var filter = p.Required(0);
        if (filter.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 0: not a filter object");
        var (from, to) = Range(filter);
        var addresses = Addresses(Field(filter, "address"));
        var topics = Topics(Field(filter, "topics"));
        var found = new JsonArray();
        for (var height = from; height <= to; height++)
        {
            if (chain.Store.Block(height) is { Transactions.Count: > 0 } block && MayMatch(block, addresses, topics))
                Collect(block, addresses, topics, found);
        }

        return found;
    }

    private void Collect(Block block, List<Address> addresses, List<List<Hash256>> topics, JsonArray found)
    {
        var receipts = chain.Store.Receipts(block.Header.Number);
        for (var i = 0; i < receipts.Count; i++)
        {
            foreach (var (shape, log) in RpcShapes.Logs(block, receipts, i).Zip(receipts[i].Logs))
            {
                if (!Matches(log, addresses, topics))
                    continue;
                if (found.Count >= options.MaxLogs)
                    throw new RpcError(-32005, $"query returned more than {options.MaxLogs} results");
                found.Add(shape);
            }
        }
    }

    private (ulong From, ulong To) Range(JsonElement filter)
    {
        var head = chain.Head.Header.Number;
        var (from, to) = (Field(filter, "fromBlock"), Field(filter, "toBlock"));
        if (Field(filter, "blockHash") is { } block)
        {
            if (from is not null || to is not null)
            {
                throw RpcError.InvalidParams(
                    "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
            }

            var height = Hash256.TryParse(RpcParams.Text(block), out var hash) ? chain.Store.HeightOf(hash) : null;
            return height is { } h ? (h, h) : throw RpcError.Rejected("unknown block");
        }

        var (first, last) = (RpcParams.Height(from, head), RpcParams.Height(to, head));
        if (first > last)
            throw RpcError.InvalidParams("invalid block range params");
        if (last > head)
            throw RpcError.InvalidParams("block range extends beyond current head block");
        return last - first < options.MaxLogRange
            ? (first, last)
            : throw new RpcError(-32005, $"block range too large: at most {options.MaxLogRange} blocks");
    }

    private static bool MayMatch(Block block, List<Address> addresses, List<List<Hash256>> topics)
    {
        var bloom = block.Header.LogsBloom;
        return (addresses.Count == 0 || addresses.Exists(a => Bloom.MayContain(bloom.Span, a.ToArray())))
            && topics.TrueForAll(s => s.Count == 0 || s.Exists(t => Bloom.MayContain(bloom.Span, t.ToArray())));
    }

    private static bool Matches(Log log, List<Address> addresses, List<List<Hash256>> topics)
    {
        if (addresses.Count > 0 && !addresses.Contains(log.Address))
            return false;
        for (var i = 0; i < topics.Count; i++)
        {
            if (topics[i].Count > 0 && (i >= log.Topics.Count || !topics[i].Contains(log.Topics[i])))
                return false;
        }

        return true;
    }

    private static List<Address> Addresses(JsonElement? element)
    {
        var list = Items(element).Select(RpcParams.Address).ToList();
        return list.Count <= MostAddresses
            ? list
            : throw new RpcError(-32005, $"exceed max addresses: at most {MostAddresses}");
    }

    private static List<List<Hash256>> Topics(JsonElement? element)
    {
        var list = new List<List<Hash256>>();
        if (element is not { ValueKind: JsonValueKind.Array } positions)
            return list;
        if (positions.GetArrayLength() > MostTopics)
            throw new RpcError(-32005, "exceed max topics: at most 4");
        foreach (var position in positions.EnumerateArray())
        {
            list.Add([.. Items(position).Select(t => Hash256.TryParse(RpcParams.Text(t), out var hash)
                ? hash
                : throw RpcError.InvalidParams("invalid argument 0: not a topic"))]);
        }

        return list;
    }

    private static IEnumerable<JsonElement> Items(JsonElement? element) => element switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray(),
        { } one => [one],
    };

    private static JsonElement? Field(JsonElement filter, string name) =>
        filter.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
