using System.Buffers.Binary;
using Aitbc.Consensus;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// The chain in RocksDB. A block with all it changes is one synced batch: it is there whole or not at all. As a state
/// store it is the newest state, which only the writer may take for one block's; others ask for a view.
/// </summary>
internal sealed class ChainStore : IStateStore, IDisposable
{
    private readonly ChainDatabase database;
    private readonly RocksDb db;
    private readonly StateTables tables;
    private readonly StateHistory history;
    private readonly BlockPruning pruning;
    private readonly ulong window;
    private StateSnapshot? latest;
    private int users = 1;

    public ChainStore(string folder, NodeOptions options)
    {
        window = options.Archive ? ulong.MaxValue : options.StateHistory;
        database = ChainDatabase.Open(folder, options.DatabaseCache);
        db = database.Db;
        tables = new StateTables(database);
        history = new StateHistory(database, tables);
        try
        {
            database.CheckLayout();
            pruning = new BlockPruning(database, options.KeepBlocks);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public Hash256? Genesis => db.Get(ChainDatabase.GenesisKey, database.Meta) is { } bytes
        ? Hash256.FromBytes(bytes)
        : null;

    /// <summary>The genesis hash does not cover the chain id, so it is kept beside it.</summary>
    public ulong? ChainId => database.Number(ChainDatabase.ChainIdKey);

    /// <summary>The height of a rollback that was begun and not finished.</summary>
    public ulong? RollbackTarget => database.RollbackTarget;

    /// <summary>The lowest height whose block is kept with receipts and indexes; all above are, and block 0.</summary>
    public ulong WholeFrom => pruning.WholeFrom;

    /// <summary>The height of the snapshot that the chain began from here; null if it began at its genesis.</summary>
    public ulong? Snapshot => database.Number(ChainDatabase.SnapshotKey);

    public ulong? Tip => database.Number(ChainDatabase.TipKey);

    public ulong IncludedTotal => database.Number(ChainDatabase.IncludedKey) ?? 0;

    public AccountState? GetAccount(Address address) => tables.Account(address.KeccakHash());

    public UInt256 GetStorage(StorageKey key) =>
        tables.Slot(key.Contract.KeccakHash(), Keccak256.HashWord(key.Slot));

    public byte[]? GetTrieNode(ReadOnlySpan<byte> key) => tables.Node(key);

    /// <summary>The state after the newest block.</summary>
    public StateView Latest()
    {
        var held = Hold();
        return new StateView(held, database, tables, held.Head);
    }

    /// <summary>The state after a block, if the undo records reach back to it.</summary>
    public StateLookup At(ulong height)
    {
        var held = Hold();
        try
        {
            var head = held.Head.Header.Number;
            if (height > head)
                return Let(held, new StateLookup.Beyond(head));
            if (height == head)
                return new StateLookup.Found(new StateView(held, database, tables, held.Head));
            var oldest = Math.Max(history.Oldest, head > window ? head - window : 0);
            return height >= oldest && Block(height) is { } block
                ? new StateLookup.Found(new StateView(held, database, tables, block))
                : Let(held, new StateLookup.Pruned(Math.Max(oldest, WholeFrom)));
        }
        catch
        {
            held.Release();
            throw;
        }
    }

    public Block? Block(ulong height) =>
        database.Get(database.Blocks, height) is { } bytes ? Ledger.Blocks.Block.Decode(bytes) : null;

    public BlockHeader? Header(ulong height) =>
        database.Get(database.Blocks, height) is { } bytes ? Ledger.Blocks.Block.DecodeHeader(bytes) : null;

    public ulong? HeightOf(Hash256 block)
    {
        Span<byte> key = stackalloc byte[Hash256.Length];
        block.CopyTo(key);
        Span<byte> height = stackalloc byte[sizeof(ulong)];
        return db.GetFixedSizeValue(key, height, database.Hashes) ? BinaryPrimitives.ReadUInt64BigEndian(height) : null;
    }

    public IReadOnlyList<Receipt> Receipts(ulong height)
    {
        if (database.Get(database.Receipts, height) is not { } bytes)
            return [];
        var list = new RlpReader(bytes).ReadList();
        var receipts = new List<Receipt>();
        while (!list.IsEnd)
            receipts.Add(Receipt.DecodeStored(list.ReadItem()));
        return receipts;
    }

    public (ulong Height, int Index)? Locate(Hash256 transaction)
    {
        Span<byte> key = stackalloc byte[Hash256.Length];
        transaction.CopyTo(key);
        Span<byte> place = stackalloc byte[12];
        return db.GetFixedSizeValue(key, place, database.TransactionIndex)
            ? (BinaryPrimitives.ReadUInt64BigEndian(place), BinaryPrimitives.ReadInt32BigEndian(place[8..]))
            : null;
    }

    public CommitCertificate? Certificate(ulong height) =>
        CertificateBytes(height) is { } bytes ? CommitCertificate.FromBytes(bytes) : null;

    /// <summary>The certificate of a block of a registered set; null if there is none.</summary>
    public VoteCertificate? Commit(ulong height) =>
        CertificateBytes(height) is { } bytes && MessageCodec.TryDecode(bytes, out var message)
            ? message as VoteCertificate
            : null;

    /// <summary>A certificate as it was written.</summary>
    public byte[]? CertificateBytes(ulong height) =>
        db.Get(ChainDatabase.CertificateKey(height), database.Meta);

    /// <summary>The encoding of a block.</summary>
    public byte[]? BlockBytes(ulong height) => database.Get(database.Blocks, height);

    public void WriteGenesis(BlockResult genesis, ulong chainId)
    {
        using var batch = new WriteBatch();
        batch.PutHeight(ChainDatabase.ChainIdKey, chainId, database.Meta);
        batch.Put(ChainDatabase.GenesisKey, genesis.Block.Header.Hash().ToArray(), database.Meta);
        Write(batch, genesis, 0);
    }

    public void Write(BlockResult result, CommitCertificate certificate, ulong includedTotal) =>
        Write(result, certificate.ToBytes(), includedTotal);

    public void Write(BlockResult result, VoteCertificate certificate, ulong includedTotal) =>
        Write(result, MessageCodec.Encode(certificate), includedTotal);

    /// <summary>From now on views are of this block, the newest. The writer only.</summary>
    public void Publish(Block head)
    {
        Interlocked.Increment(ref users);
        Interlocked.Exchange(ref latest, new StateSnapshot(this, database, head))?.Release();
    }

    /// <summary>Views that are still read keep the database open until they end.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref latest, null)?.Release();
        Let();
    }

    /// <summary>One user less; the last one closes the database.</summary>
    internal void Let()
    {
        if (Interlocked.Decrement(ref users) == 0)
            database.Dispose();
    }

    private void Write(BlockResult result, byte[] certificate, ulong includedTotal)
    {
        using var batch = new WriteBatch();
        batch.Put(ChainDatabase.CertificateKey(result.Block.Header.Number), certificate, database.Meta);
        history.Write(batch, result.Block.Header.Number, result.StateDiff, window);
        var wholeFrom = pruning.Write(batch, result.Block.Header.Number);
        Write(batch, result, includedTotal);
        pruning.Done(wholeFrom);
    }

    // The one published may be freed between the two steps: then there is a newer one.
    private StateSnapshot Hold()
    {
        while (true)
        {
            var seen = Volatile.Read(ref latest);
            ObjectDisposedException.ThrowIf(seen is null, this);
            if (seen.TryHold())
                return seen;
        }
    }

    private static StateLookup Let(StateSnapshot held, StateLookup answer)
    {
        held.Release();
        return answer;
    }

    private void Write(WriteBatch batch, BlockResult result, ulong includedTotal)
    {
        var header = result.Block.Header;
        Span<byte> height = stackalloc byte[sizeof(ulong)];
        FlatCodec.WriteHeight(header.Number, height);
        tables.Write(batch, result.StateDiff);
        batch.Put(height, result.Block.Encode(), database.Blocks);
        Span<byte> hash = stackalloc byte[Hash256.Length];
        header.Hash().CopyTo(hash);
        batch.Put(hash, height, database.Hashes);
        batch.Put(height, Encode(result.Receipts), database.Receipts);
        Span<byte> place = stackalloc byte[12];
        height.CopyTo(place);
        for (var i = 0; i < result.Block.Transactions.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(place[8..], i);
            result.Block.Transactions[i].Hash.CopyTo(hash);
            batch.Put(hash, place, database.TransactionIndex);
        }

        batch.PutHeight(ChainDatabase.IncludedKey, includedTotal, database.Meta);
        batch.PutHeight(ChainDatabase.TipKey, header.Number, database.Meta);
        database.WriteSynced(batch);
        Publish(result.Block);
    }

    private static byte[] Encode(IReadOnlyList<Receipt> receipts)
    {
        var writer = new RlpWriter(receipts.Count * 64);
        var list = writer.StartList();
        foreach (var receipt in receipts)
            receipt.WriteStored(writer);
        writer.EndList(list);
        return writer.ToArray();
    }
}
