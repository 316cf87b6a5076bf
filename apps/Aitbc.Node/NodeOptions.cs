using Aitbc.Consensus.Bft.Engine;

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

    /// <summary>
    /// Where peers may call, as "127.0.0.1:8005"; null = nowhere. This or <see cref="Peers"/> makes it one of many.
    /// </summary>
    public string? P2pListen { get; set; }

    /// <summary>Peers to dial for ever: "host:port", or "host:port#keyhash" to take only that key.</summary>
    public IReadOnlyList<string> Peers { get; set; } = [];

    /// <summary>
    /// Development only, in place of direct links: a Redis server by a configuration string of StackExchange.Redis, as
    /// "127.0.0.1:6379,password=...,ssl=true". Whoever reaches that server may speak in any name.
    /// </summary>
    public string? Redis { get; set; }

    /// <summary>An empty block is made when nothing happened for so long.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long validators wait for each other: as in one building, or around the globe.</summary>
    public ConsensusTimes ConsensusTimes { get; set; }

    /// <summary>
    /// The operator's word that this validator's key signs nowhere else, where the sign guard is missing or too old.
    /// </summary>
    public bool ConfirmSoleSigner { get; set; }

    /// <summary>Blocks before the newest whose state can still be asked for.</summary>
    public ulong StateHistory { get; set; } = 8_192;

    /// <summary>Keep the state of every block, whatever <see cref="StateHistory"/> says.</summary>
    public bool Archive { get; set; }

    /// <summary>
    /// The newest blocks that are kept, at least 128; null = all. Not together with <see cref="Archive"/>.
    /// </summary>
    public ulong? KeepBlocks { get; set; }

    /// <summary>
    /// Where there is no chain yet, begin with the state of a recent block, which peers give, in place of all blocks.
    /// </summary>
    public bool SnapshotSync { get; set; }

    /// <summary>
    /// A block that is believed, as "HEIGHT:HASH", where a snapshot's proof begins; null = the genesis.
    /// </summary>
    public string? Trust { get; set; }

    /// <summary>Bytes of the database's cache of data, indexes and filters.</summary>
    public ulong DatabaseCache { get; set; } = 64UL << 20;

    /// <summary>Transactions the pool holds at most.</summary>
    public int PoolSize { get; set; } = 32_768;

    /// <summary>Transactions the pool holds of one account at most.</summary>
    public int PoolSizePerAccount { get; set; } = 8_192;

    /// <summary>Bytes of all transactions in the pool at most.</summary>
    public long PoolBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Under load a block waits so long at most for more transactions; a lone transaction does not wait.
    /// </summary>
    public TimeSpan MaxGathering { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Requests in a batch at most. As many as stock nodes take, since libraries gather that many.</summary>
    public int MaxBatch { get; set; } = 1_000;

    /// <summary>Bytes of a request body at most.</summary>
    public long MaxBody { get; set; } = 5 * 1024 * 1024;

    /// <summary>Bytes of the answer to a request or a batch at most.</summary>
    public int MaxResponse { get; set; } = 25 * 1024 * 1024;

    /// <summary>A request that takes longer is given up; waiting for a receipt does not count.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that compute at the same time; the others wait. Two at least, one for quick ones.</summary>
    public int MaxRpcWork { get; set; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Of those, calls, log queries and other long ones.</summary>
    public int MaxHeavyRpcWork { get; set; } = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Requests that wait for their turn at most; further ones are told that the node is busy.</summary>
    public int MaxRpcWaiting { get; set; } = 4_096;

    /// <summary>Threads that help to recover the senders of batches, beside each batch's own.</summary>
    public int MaxRecoveryHelpers { get; set; } = Math.Max(0, Environment.ProcessorCount - 1);

    /// <summary>What a client may spend in a second; a look-up costs 1, a transaction 2, a call 20.</summary>
    public long ClientRate { get; set; } = 2_000;

    /// <summary>What a client may spend at once after a rest.</summary>
    public long ClientBurst { get; set; } = 20_000;

    /// <summary>What all clients on this machine may spend in a second.</summary>
    public long LoopbackRate { get; set; } = 200_000;

    /// <summary>What they may spend at once after a rest.</summary>
    public long LoopbackBurst { get; set; } = 1_000_000;

    /// <summary>Clients whose spending is counted each; further ones share one budget.</summary>
    public int MaxClients { get; set; } = 4_096;

    /// <summary>Blocks that one log query looks at, at most.</summary>
    public ulong MaxLogRange { get; set; } = 10_000;

    /// <summary>Logs that one log query returns, at most.</summary>
    public int MaxLogs { get; set; } = 10_000;

    /// <summary>Addresses of a log query, filter or subscription at most.</summary>
    public int MaxLogAddresses { get; set; } = 1_000;

    /// <summary>Topics of a log query, filter or subscription at most, over all positions.</summary>
    public int MaxLogTopics { get; set; } = 1_000;

    /// <summary>Blocks that one eth_feeHistory covers at most; more are not an error.</summary>
    public int MaxFeeHistory { get; set; } = 1_024;

    /// <summary>Storage keys of one eth_getProof at most.</summary>
    public int MaxProofKeys { get; set; } = 1_024;

    /// <summary>Accounts and slots that one call may override at most.</summary>
    public int MaxStateOverrides { get; set; } = 1_024;

    /// <summary>Transactions that txpool_content and txpool_inspect list at most.</summary>
    public int MaxPoolListing { get; set; } = 5_000;

    /// <summary>How long eth_sendRawTransactionSync waits if the caller does not say.</summary>
    public TimeSpan SyncTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may be told to wait.</summary>
    public TimeSpan MaxSyncTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Callers of it that wait at the same time.</summary>
    public int MaxSyncWaits { get; set; } = 1_024;

    /// <summary>Filters of eth_newFilter and its kind at most; one not polled for five minutes is forgotten.</summary>
    public int MaxFilters { get; set; } = 1_000;

    /// <summary>Open connections at most, of HTTP and WebSocket together; further ones are closed.</summary>
    public int MaxHttpConnections { get; set; } = 1_024;

    /// <summary>Open WebSocket connections at most.</summary>
    public int MaxConnections { get; set; } = 256;

    /// <summary>Subscriptions of a WebSocket connection at most.</summary>
    public int MaxSubscriptions { get; set; } = 32;

    /// <summary>Events that wait for a WebSocket client at most; one that falls further behind is cut off.</summary>
    public int MaxBacklog { get; set; } = 16_384;

    /// <summary>A WebSocket client that takes nothing for so long is cut off.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Names under which the node may be called, beside loopback names and addresses; "*" for any.</summary>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    /// <summary>Web origins whose pages may call the node, beside those on loopback; "*" for any.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Times of consensus in place of those of <see cref="ConsensusTimes"/>; for tests.</summary>
    internal BftParameters? Times { get; set; }

    /// <summary>How long a set of validators is trusted on the way to a snapshot; for tests.</summary>
    internal TimeSpan TrustingPeriod { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Called by name at places where a process may die; for tests.</summary>
    internal Action<string>? AtPoint { get; set; }
}

/// <summary>Which waits validators use among themselves.</summary>
public enum ConsensusTimes
{
    /// <summary>0.6 s for a proposal, 0.2 s for votes.</summary>
    Lan,

    /// <summary>3 s for a proposal, 1 s for votes.</summary>
    Wan,
}
