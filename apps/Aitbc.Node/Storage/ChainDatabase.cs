using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>The RocksDB of a chain with its tables (specs/storage.md, section 1). One process opens it.</summary>
internal sealed class ChainDatabase : IDisposable
{
    /// <summary>Layout of the tables; a database of another layout is refused.</summary>
    public const byte Layout = 2;

    private const int BloomBits = 10;
    private const ulong WriteBuffer = 16UL << 20;
    private const ulong AllWriteBuffers = 64UL << 20;
    private const ulong LongestLog = 256UL << 20;
    private const int OpenFiles = 512;

    private static readonly string[] Names =
    [
        "acct", "slot", "trieTop", "trieAcct", "trieSlot", "undo", "blocks", "receipts", "txidx", "hashes", "meta",
    ];

    private static readonly WriteOptions Synced = new WriteOptions().SetSync(true);

    private readonly Cache cache;

    private ChainDatabase(RocksDb db, Cache cache)
    {
        Db = db;
        this.cache = cache;
        Accounts = db.GetColumnFamily("acct");
        Slots = db.GetColumnFamily("slot");
        TrieTop = db.GetColumnFamily("trieTop");
        TrieAccounts = db.GetColumnFamily("trieAcct");
        TrieSlots = db.GetColumnFamily("trieSlot");
        Undo = db.GetColumnFamily("undo");
        Blocks = db.GetColumnFamily("blocks");
        Receipts = db.GetColumnFamily("receipts");
        TransactionIndex = db.GetColumnFamily("txidx");
        Hashes = db.GetColumnFamily("hashes");
        Meta = db.GetColumnFamily("meta");
    }

    public RocksDb Db { get; }

    public ColumnFamilyHandle Accounts { get; }

    public ColumnFamilyHandle Slots { get; }

    public ColumnFamilyHandle TrieTop { get; }

    public ColumnFamilyHandle TrieAccounts { get; }

    public ColumnFamilyHandle TrieSlots { get; }

    public ColumnFamilyHandle Undo { get; }

    public ColumnFamilyHandle Blocks { get; }

    public ColumnFamilyHandle Receipts { get; }

    public ColumnFamilyHandle TransactionIndex { get; }

    public ColumnFamilyHandle Hashes { get; }

    public ColumnFamilyHandle Meta { get; }

    /// <exception cref="NodeStartException">In use, damaged or of another layout.</exception>
    public static ChainDatabase Open(string folder, ulong cacheBytes)
    {
        Directory.CreateDirectory(folder);
        var cache = Cache.CreateLru(cacheBytes);
        // One cache with a byte cap for data, indexes and filters of all tables.
        var table = new BlockBasedTableOptions()
            .SetBlockCache(cache)
            .SetFilterPolicy(BloomFilterPolicy.Create(BloomBits, use_block_based_builder: false))
            .SetCacheIndexAndFilterBlocks(true)
            .SetPinL0FilterAndIndexBlocksInCache(true)
            .SetFormatVersion(5);
        var described = new ColumnFamilies();
        foreach (var name in Names)
        {
            described.Add(name, new ColumnFamilyOptions()
                .SetBlockBasedTableFactory(table)
                .SetWriteBufferSize(WriteBuffer)
                .SetLevelCompactionDynamicLevelBytes(true)
                // Hashes do not get smaller; bodies do.
                .SetCompression(name is "blocks" or "receipts" ? Compression.Lz4 : Compression.No));
        }

        var options = new DbOptions()
            .SetCreateIfMissing()
            .SetCreateMissingColumnFamilies()
            .SetParanoidChecks(true)
            .SetWalRecoveryMode(Recovery.PointInTime)
            .SetDbWriteBufferSize(AllWriteBuffers)
            .SetMaxTotalWalSize(LongestLog)
            .SetMaxOpenFiles(OpenFiles);
        try
        {
            return new ChainDatabase(RocksDb.Open(options, folder, described), cache);
        }
        catch (RocksDbException e)
        {
            throw e.Message.Contains("LOCK", StringComparison.Ordinal)
                ? new NodeStartException(
                    NodeStartException.DataInUse, $"The chain in {folder} is open in another process.", e)
                : new NodeStartException(
                    NodeStartException.Damaged, $"The chain in {folder} cannot be opened: {e.Message}", e);
        }
    }

    public void WriteSynced(WriteBatch batch) => Db.Write(batch, Synced);

    public void Dispose()
    {
        Db.Dispose();
        GC.KeepAlive(cache);
    }
}
