using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Node.Engine;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>eth_getLogs.</summary>
internal sealed class LogMethods(Chain chain, LogReader reader, NodeOptions options)
{
    public JsonNode? Get(RpcParams p)
    {
        var filter = p.Required(0);
        var criteria = LogCriteria.Read(filter);
        var (from, to) = Range(filter);
        var (logs, _) = reader.Read(from, to, criteria, options.MaxLogs);
        return logs.Count <= options.MaxLogs
            ? logs
            : throw new RpcError(-32005, $"query returned more than {options.MaxLogs} results");
    }

    private (ulong From, ulong To) Range(JsonElement filter)
    {
        var head = chain.Head.Header.Number;
        var (from, to) = (LogCriteria.Field(filter, "fromBlock"), LogCriteria.Field(filter, "toBlock"));
        if (LogCriteria.Field(filter, "blockHash") is { } block)
        {
            if (from is not null || to is not null)
            {
                throw RpcError.InvalidParams(
                    "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
            }

            var height = Hash256.TryParse(RpcParams.Text(block), out var hash) ? chain.Store.HeightOf(hash) : null;
            return height is { } h ? (h, h) : throw RpcError.Rejected("unknown block");
        }

        var (first, last) = (BlockTag.Height(chain, from), BlockTag.Height(chain, to));
        if (first > last)
            throw RpcError.InvalidParams("invalid block range params");
        if (last > head)
            throw RpcError.InvalidParams("block range extends beyond current head block");
        return last - first < options.MaxLogRange
            ? (first, last)
            : throw new RpcError(-32005, $"block range too large: at most {options.MaxLogRange} blocks");
    }
}
