using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Logs;
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
    private readonly LogReader reader;
    private readonly NodeOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Filter> filters = new(StringComparer.Ordinal);

    public FilterTable(Chain chain, ChainFeed feed, NodeOptions options, TimeProvider time)
    {
        this.chain = chain;
        this.feed = feed;
        this.options = options;
        this.time = time;
        reader = new LogReader(chain);
        feed.Add(this);
    }

    public JsonNode? NewLogFilter(RpcParams p)
    {
        var wanted = p.Required(0);
        var filter = new Filter(SubscriptionKind.Logs, LogCriteria.Read(wanted), chain.Head.Header.Number + 1);
        if (LogCriteria.Field(wanted, "fromBlock") is { } from)
            filter.From = BlockTag.Height(chain, from);
        if (LogCriteria.Field(wanted, "toBlock") is { } to && RpcParams.Text(to)?.StartsWith("0x", default) == true)
            filter.To = BlockTag.Height(chain, to);
        if (filter.From > filter.To)
            throw RpcError.InvalidParams("invalid block range params");
        return Add(filter);
    }

    public JsonNode? NewBlockFilter(RpcParams p) =>
        Add(new Filter(SubscriptionKind.NewHeads, null, chain.Head.Header.Number + 1));

    public JsonNode? NewPendingFilter(RpcParams p) => Add(new Filter(SubscriptionKind.PendingTransactions, null, 0));

    public JsonNode? Uninstall(RpcParams p)
    {
        lock (gate)
            return filters.Remove(RpcParams.Text(p.Required(0)) ?? "");
    }

    /// <summary>What is new since the last poll. Bounded: the rest comes with the next poll.</summary>
    public JsonNode? Changes(RpcParams p)
    {
        var filter = Find(p);
        lock (filter)
        {
            return filter.Kind switch
            {
                SubscriptionKind.Logs => NewLogs(filter),
                SubscriptionKind.NewHeads => NewBlocks(filter),
                _ => Pending(filter),
            };
        }
    }

    /// <summary>All logs that a log filter matches, from its first block on.</summary>
    public JsonNode? Logs(RpcParams p)
    {
        var filter = Find(p);
        if (filter.Criteria is null)
            throw RpcError.Rejected("filter not found");
        var last = Math.Min(filter.To, chain.Head.Header.Number);
        if (filter.From > last)
            return new JsonArray();
        if (last - filter.From >= options.MaxLogRange)
            throw new RpcError(-32005, $"block range too large: at most {options.MaxLogRange} blocks");
        var (logs, _) = reader.Read(filter.From, last, filter.Criteria, options.MaxLogs);
        return logs.Count <= options.MaxLogs
            ? logs
            : throw new RpcError(-32005, $"query returned more than {options.MaxLogs} results");
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
        var id = "0x" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (gate)
        {
            foreach (var (old, _) in filters.Where(f => time.GetElapsedTime(f.Value.Polled) > Lifetime))
                filters.Remove(old);
            if (filters.Count >= options.MaxFilters)
                throw new RpcError(-32005, $"too many filters: at most {options.MaxFilters}");
            filter.Polled = time.GetTimestamp();
            filters[id] = filter;
        }

        return id;
    }

    private Filter Find(RpcParams p)
    {
        lock (gate)
        {
            if (!filters.TryGetValue(RpcParams.Text(p.Required(0)) ?? "", out var filter)
                || time.GetElapsedTime(filter.Polled) > Lifetime)
                throw RpcError.Rejected("filter not found");
            filter.Polled = time.GetTimestamp();
            return filter;
        }
    }

    private JsonArray NewLogs(Filter filter)
    {
        var last = Math.Min(filter.To, chain.Head.Header.Number);
        if (filter.Next > last)
            return [];
        last = Math.Min(last, filter.Next + options.MaxLogRange - 1);
        var (logs, read) = reader.Read(filter.Next, last, filter.Criteria!, options.MaxLogs);
        filter.Next = read + 1;
        return logs;
    }

    private JsonArray NewBlocks(Filter filter)
    {
        var hashes = new JsonArray();
        for (; filter.Next <= chain.Head.Header.Number && hashes.Count < MostHashes; filter.Next++)
            hashes.Add(chain.Store.Block(filter.Next)!.Header.Hash().ToHex());
        return hashes;
    }

    private static JsonArray Pending(Filter filter)
    {
        var hashes = new JsonArray();
        while (filter.Hashes.TryDequeue(out var hash))
            hashes.Add(hash.ToHex());
        return hashes;
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
