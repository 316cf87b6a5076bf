using System.Text.Json;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>eth_getLogs.</summary>
internal sealed class LogMethods(Chain chain, LogReader reader, NodeOptions options)
{
    public void Get(in RpcCall call, Utf8JsonWriter json)
    {
        var filter = call.Required(0);
        var criteria = LogCriteria.Read(filter, options);
        var (from, to) = Range(filter);
        json.WriteStartArray();
        var (count, _) = reader.Write(from, to, criteria, (options.MaxLogs, long.MaxValue), call.Deadline, json);
        if (count > options.MaxLogs)
            throw RpcError.TooMuch($"query returned more than {options.MaxLogs} results: ask for fewer blocks");
        json.WriteEndArray();
    }

    private (ulong From, ulong To) Range(JsonElement filter)
    {
        var head = chain.Head.Header.Number;
        var (from, to) = (RpcValue.Field(filter, "fromBlock"u8), RpcValue.Field(filter, "toBlock"u8));
        if (RpcValue.Field(filter, "blockHash"u8) is { } block)
        {
            if (from is not null || to is not null)
            {
                throw RpcError.InvalidParams(
                    "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
            }

            var height = chain.Store.HeightOf(RpcValue.Hash(block)) ?? throw RpcError.Rejected("unknown block");
            return (height, height);
        }

        var (first, last) = (BlockTag.Height(chain, from), BlockTag.Height(chain, to));
        if (first > last)
            throw RpcError.InvalidParams("invalid block range params");
        if (last > head)
            throw RpcError.InvalidParams("block range extends beyond current head block");
        return last - first < options.MaxLogRange
            ? (first, last)
            : throw RpcError.TooMuch(
                $"block range too large: at most {options.MaxLogRange} blocks, e.g. {first} to "
                + $"{first + options.MaxLogRange - 1}");
    }
}
