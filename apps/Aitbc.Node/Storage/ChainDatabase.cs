using System.Buffers.Binary;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>The RocksDB of a chain with its tables (specs/storage.md, section 1). One process opens it.</summary>
internal sealed class ChainDatabase : IDisposable
{
    /// <summary>Layout of the tables; a database of another layout is refused.</summary>
    public const byte Layout = 2;

    public static readonly byte[] TipKey = "tip"u8.ToArray();
    public static readonly byte[] GenesisKey = "genesis"u8.ToArray();
    public static readonly byte[] ChainIdKey = "chainId"u8.ToArray();
    public static readonly byte[] IncludedKey = "included"u8.ToArray();
    public static readonly byte[] RollbackKey = "rollback"u8.ToArray();
    public static readonly byte[] WholeFromKey = "wholeFrom"u8.ToArray();
    public static readonly byte[] SnapshotKey = "snapshot"u8.ToArray();
    private static readonly byte[] LayoutKey = "layout"u8.ToArray();

    private const int BloomBits = 10;
    private const ulong WriteBuffer = 16UL << 20;
    private const ulong AllWriteBuffers = 64UL << 20;
    private const ulong LongestLog = 256UL << 20;
    private const int OpenFiles = 512;
    private const ulong SyncEvery = 1UL << 20;

    // Tables whose keys only grow, or are read by few: many young files there slow no reader, and a writer that waits
    // for their compaction would stop all tables.
    private const int PatientSlowdown = 40;
    private const int PatientStop = 72;

    private static readonly string[] Names =
    [
        "acct", "slot", "trieTop", "trieAcct", "trieSlot", "undo", "blocks", "receipts", "txidx", "hashes", "meta",
    ];

    private static readonly WriteOptions Synced = new WriteOptions().SetSync(true);

    private readonly Cache cache;
    private readonly BlockBasedTableOptions table;

    private ChainDatabase(RocksDb db, Cache cache, BlockBasedTableOptions table)
    {
        Db = db;
        this.cache = cache;
        this.table = table;
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

    public ColumnFamilyHandle TrieTop { get; private set; }

    public ColumnFamilyHandle TrieAccounts { get; private set; }

    public ColumnFamilyHandle TrieSlots { get; private set; }

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
        // Indexes and filters are let go of last.
        Native.Instance.rocksdb_block_based_options_set_cache_index_and_filter_blocks_with_high_priority(
            table.Handle, 1);
        var described = new ColumnFamilies();
        foreach (var name in Names)
            described.Add(name, OptionsOf(name, table));

        var options = new DbOptions()
            .SetCreateIfMissing()
            .SetCreateMissingColumnFamilies()
            .SetParanoidChecks(true)
            .SetWalRecoveryMode(Recovery.PointInTime)
            .SetDbWriteBufferSize(AllWriteBuffers)
            .SetMaxTotalWalSize(LongestLog)
            .SetBytesPerSync(SyncEvery)
            .SetMaxOpenFiles(OpenFiles);
        try
        {
            return new ChainDatabase(RocksDb.Open(options, folder, described), cache, table);
        }
        catch (RocksDbException e) when (FullDisk.Caused(e))
        {
            throw new NodeStartException(NodeStartException.DiskFull, FullDisk.Say(folder), e);
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

    public ulong? Tip => Number(TipKey);

    /// <summary>The height of a rollback that was begun and not finished.</summary>
    public ulong? RollbackTarget => Number(RollbackKey);

    /// <summary>
    /// The lowest height of which, and of all above, the block is kept with receipts and indexes; block 0 is always.
    /// </summary>
    public ulong WholeFrom => Number(WholeFromKey) ?? 0;

    /// <exception cref="NodeStartException">The tables are laid out in another way.</exception>
    public void CheckLayout()
    {
        if (Db.Get(LayoutKey, Meta) is [Layout])
            return;
        if (Tip is not null)
        {
            throw new NodeStartException(
                NodeStartException.Damaged,
                $"The chain in {Db.Path} has another layout than {Layout}: it was written by another version of this "
                + "program. Nothing was changed.");
        }

        Db.Put(LayoutKey, new[] { Layout }, Meta);
    }

    public ulong? Number(byte[] key)
    {
        Span<byte> value = stackalloc byte[sizeof(ulong)];
        return Db.GetFixedSizeValue(key, value, Meta) ? BinaryPrimitives.ReadUInt64BigEndian(value) : null;
    }

    /// <summary>What a table has of a height.</summary>
    public byte[]? Get(ColumnFamilyHandle table, ulong height)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)];
        FlatCodec.WriteHeight(height, key);
        return Db.Get(key, table);
    }

    public static byte[] CertificateKey(ulong height)
    {
        var key = new byte[1 + sizeof(ulong)];
        key[0] = (byte)'c';
        FlatCodec.WriteHeight(height, key.AsSpan(1));
        return key;
    }

    public void WriteSynced(WriteBatch batch) => Db.Write(batch, Synced);

    /// <summary>
    /// Empties the trie tables without reading them: damaged files go with them. Cut off in between, a table that is
    /// missing is made at the next opening.
    /// </summary>
    public void ClearTrie()
    {
        TrieTop = Renew("trieTop");
        TrieAccounts = Renew("trieAcct");
        TrieSlots = Renew("trieSlot");
    }

    public void Dispose()
    {
        Db.Dispose();
        GC.KeepAlive(cache);
    }

    private ColumnFamilyHandle Renew(string name)
    {
        Db.DropColumnFamily(name);
        return Db.CreateColumnFamily(OptionsOf(name, table), name);
    }

    private static ColumnFamilyOptions OptionsOf(string name, BlockBasedTableOptions table)
    {
        var options = new ColumnFamilyOptions()
            .SetBlockBasedTableFactory(table)
            .SetWriteBufferSize(WriteBuffer)
            .SetLevelCompactionDynamicLevelBytes(true)
            // Hashes do not get smaller; bodies do.
            .SetCompression(name is "blocks" or "receipts" ? Compression.Lz4 : Compression.No);
        return name is "blocks" or "receipts" or "undo" or "txidx" or "hashes"
            ? options.SetLevel0SlowdownWritesTrigger(PatientSlowdown).SetLevel0StopWritesTrigger(PatientStop)
            : options;
    }
}
