namespace Aitbc.Node;

/// <summary>Configuration of the node role.</summary>
public sealed class NodeOptions
{
    /// <summary>Folder of the database and the validator's key.</summary>
    public required string DataDirectory { get; set; }

    /// <summary>The genesis.json of the chain.</summary>
    public required string GenesisFile { get; set; }

    /// <summary>Account that receives the tips.</summary>
    public required string Miner { get; set; }

    /// <summary>An empty block is made when nothing happened for so long.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Blocks before the newest whose state can still be asked for.</summary>
    public ulong StateHistory { get; set; } = 8_192;

    /// <summary>Keep the state of every block, whatever <see cref="StateHistory"/> says.</summary>
    public bool Archive { get; set; }

    /// <summary>Bytes of the database's cache of data, indexes and filters.</summary>
    public ulong DatabaseCache { get; set; } = 64UL << 20;

    /// <summary>Transactions the pool holds at most.</summary>
    public int PoolSize { get; set; } = 20_000;

    /// <summary>Transactions the pool holds of one account at most.</summary>
    public int PoolSizePerAccount { get; set; } = 1_024;

    /// <summary>Requests in a batch at most.</summary>
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>Bytes of a request body at most.</summary>
    public long MaxBody { get; set; } = 5 * 1024 * 1024;

    /// <summary>Blocks that one eth_getLogs looks at, at most.</summary>
    public ulong MaxLogRange { get; set; } = 100_000;

    /// <summary>Logs that one eth_getLogs returns, at most.</summary>
    public int MaxLogs { get; set; } = 10_000;

    /// <summary>Bytes of the answer to one batch at most.</summary>
    public int MaxResponse { get; set; } = 25 * 1024 * 1024;

    /// <summary>Filters of eth_newFilter and its kind at most; one not polled for five minutes is forgotten.</summary>
    public int MaxFilters { get; set; } = 1_000;

    /// <summary>Open WebSocket connections at most.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>Subscriptions of a WebSocket connection at most.</summary>
    public int MaxSubscriptions { get; set; } = 100;

    /// <summary>Events that wait for a WebSocket client at most; one that falls further behind is cut off.</summary>
    public int MaxBacklog { get; set; } = 16_384;

    /// <summary>A WebSocket client that takes nothing for so long is cut off.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Names under which the node may be called, beside loopback names and addresses; "*" for any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Web origins whose pages may call the node, beside those on loopback; "*" for any.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];
}
