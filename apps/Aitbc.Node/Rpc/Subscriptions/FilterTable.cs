using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>
/// The filters of clients that poll (eth_newFilter and its kind). One that nobody polls is forgotten.
/// </summary>
internal sealed class FilterTable : IChainListener, IDisposable
{
    private const int MostHashes = 10_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly Chain chain;
    private readonly ChainFeed feed;
    private readonly BlockReader blocks;
    private readonly LogReader reader;
    private readonly NodeOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Filter> filters = new(StringComparer.Ordinal);

    public FilterTable(
        Chain chain, ChainFeed feed, BlockReader blocks, LogReader reader, NodeOptions options, TimeProvider time)
    {
        this.chain = chain;
        this.feed = feed;
        this.options = options;
        this.time = time;
        this.blocks = blocks;
        this.reader = reader;
        feed.Add(this);
    }

    public void NewLogFilter(in RpcCall call, Utf8JsonWriter json)
    {
        var wanted = call.Required(0);
        var filter = new Filter(
            SubscriptionKind.Logs, LogCriteria.Read(wanted, options), chain.Head.Header.Number + 1);
        if (RpcValue.Field(wanted, "fromBlock"u8) is { } from)
            filter.From = BlockTag.Height(chain, from);
        if (RpcValue.Field(wanted, "toBlock"u8) is { } to && RpcValue.Plain(to).StartsWith("0x"u8))
            filter.To = BlockTag.Height(chain, to);
        if (filter.From > filter.To)
            throw RpcError.InvalidParams("invalid block range params");
        json.WriteStringValue(Add(filter));
    }

    public void NewBlockFilter(in RpcCall call, Utf8JsonWriter json) => json.WriteStringValue(
        Add(new Filter(SubscriptionKind.NewHeads, null, chain.Head.Header.Number + 1)));

    public void NewPendingFilter(in RpcCall call, Utf8JsonWriter json) => json.WriteStringValue(
        Add(new Filter(SubscriptionKind.PendingTransactions, null, 0)));

    public void Uninstall(in RpcCall call, Utf8JsonWriter json)
    {
        var id = RpcValue.Text(call.Required(0)) ?? "";
        lock (gate)
            json.WriteBooleanValue(filters.Remove(id));
    }

    /// <summary>What is new since the last poll. Bounded: the rest comes with the next poll.</summary>
    public void Changes(in RpcCall call, Utf8JsonWriter json)
    {
        var filter = Find(call);
        lock (filter)
        {
            json.WriteStartArray();
            switch (filter.Kind)
            {
                case SubscriptionKind.Logs:
                    WriteNewLogs(filter, call, json);
                    break;
                case SubscriptionKind.NewHeads:
                    WriteNewBlocks(filter, json);
                    break;
                default:
                    while (filter.Hashes.TryDequeue(out var hash))
                        json.Data(hash);
                    break;
            }

            json.WriteEndArray();
        }
    }

    /// <summary>All logs that a log filter matches, from its first block on.</summary>
    public void Logs(in RpcCall call, Utf8JsonWriter json)
    {
        var filter = Find(call);
        if (filter.Criteria is null)
            throw RpcError.Rejected("filter not found");
        var last = Math.Min(filter.To, chain.Head.Header.Number);
        json.WriteStartArray();
        if (filter.From <= last)
        {
            if (last - filter.From >= options.MaxLogRange)
                throw RpcError.TooMuch($"block range too large: at most {options.MaxLogRange} blocks");
            var most = (options.MaxLogs, long.MaxValue);
            var (count, _) = reader.Write(filter.From, last, filter.Criteria, most, call.Deadline, json);
            if (count > options.MaxLogs)
                throw RpcError.TooMuch($"query returned more than {options.MaxLogs} results");
        }

        json.WriteEndArray();
    }

    public void OnBlock(BlockResult block)
    {
        // Blocks and logs are read from storage when they are asked for.
    }

    public void OnPending(Transaction transaction, Address sender)
    {
        lock (gate)
        {
            foreach (var (id, filter) in filters)
            {
                if (filter.Kind != SubscriptionKind.PendingTransactions)
                    continue;
                lock (filter)
                    filter.Hashes.Enqueue(transaction.Hash);
                // Who does not fetch them has no use for them; "filter not found" tells so.
                if (filter.Hashes.Count > MostHashes)
                    filters.Remove(id);
            }
        }
    }

    public void Dispose() => feed.Remove(this);

    private string Add(Filter filter)
    {
        var id = RandomId.Next();
        lock (gate)
        {
            foreach (var (old, _) in filters.Where(f => time.GetElapsedTime(f.Value.Polled) > Lifetime))
                filters.Remove(old);
            if (filters.Count >= options.MaxFilters)
                throw RpcError.TooMuch($"too many filters: at most {options.MaxFilters}");
            filter.Polled = time.GetTimestamp();
            filters[id] = filter;
        }

        return id;
    }

    private Filter Find(in RpcCall call)
    {
        var id = RpcValue.Text(call.Required(0)) ?? "";
        lock (gate)
        {
            if (!filters.TryGetValue(id, out var filter)
                || time.GetElapsedTime(filter.Polled) > Lifetime)
                throw RpcError.Rejected("filter not found");
            filter.Polled = time.GetTimestamp();
            return filter;
        }
    }

    private void WriteNewLogs(Filter filter, in RpcCall call, Utf8JsonWriter json)
    {
        var last = Math.Min(filter.To, chain.Head.Header.Number);
        if (filter.Next > last)
            return;
        last = Math.Min(last, filter.Next + options.MaxLogRange - 1);
        var most = (options.MaxLogs, options.MaxResponse / 2L);
        var (_, read) = reader.Write(filter.Next, last, filter.Criteria!, most, call.Deadline, json);
        filter.Next = read + 1;
    }

    private void WriteNewBlocks(Filter filter, Utf8JsonWriter json)
    {
        for (var i = 0; filter.Next <= chain.Head.Header.Number && i < MostHashes; i++)
            json.Data(blocks.At(filter.Next++)!.Hash);
    }

    private sealed class Filter(SubscriptionKind kind, LogCriteria? criteria, ulong next)
    {
        public SubscriptionKind Kind { get; } = kind;

        public LogCriteria? Criteria { get; } = criteria;

        public Queue<Hash256> Hashes { get; } = new();

        public ulong Next { get; set; } = next;

        public ulong From { get; set; } = next;

        public ulong To { get; set; } = ulong.MaxValue;

        public long Polled { get; set; }
    }
}
