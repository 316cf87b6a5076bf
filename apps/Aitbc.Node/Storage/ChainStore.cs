using System.Buffers.Binary;
using Aitbc.Consensus;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// The chain in RocksDB. A block with all it changes is one synced batch: it is there whole or not at all.
/// </summary>
internal sealed class ChainStore : IStateStore, IDisposable
{
    private static readonly string[] Tables = ["acct", "slot", "trie", "blocks", "receipts", "txidx", "hashes", "meta"];
    private static readonly byte[] TipKey = "tip"u8.ToArray();
    private static readonly byte[] GenesisKey = "genesis"u8.ToArray();
    private static readonly byte[] ChainIdKey = "chainId"u8.ToArray();
    private static readonly byte[] IncludedKey = "included"u8.ToArray();

    private readonly RocksDb db;
    private readonly Dictionary<string, ColumnFamilyHandle> families;

    public ChainStore(string folder)
    {
        Directory.CreateDirectory(folder);
        var options = new DbOptions().SetCreateIfMissing().SetCreateMissingColumnFamilies();
        var described = new ColumnFamilies();
        foreach (var table in Tables)
            described.Add(table, new ColumnFamilyOptions());
        try
        {
            db = RocksDb.Open(options, folder, described);
        }
        catch (RocksDbException e)
        {
            throw e.Message.Contains("LOCK", StringComparison.Ordinal)
                ? new NodeStartException(
                    NodeStartException.DataInUse, $"The chain in {folder} is open in another process.", e)
                : new NodeStartException(
                    NodeStartException.Damaged, $"The chain in {folder} cannot be opened: {e.Message}", e);
        }

        families = Tables.ToDictionary(t => t, t => db.GetColumnFamily(t));
    }

    public Hash256? Genesis => db.Get(GenesisKey, families["meta"]) is { } bytes ? Hash256.FromBytes(bytes) : null;

    /// <summary>The genesis hash does not cover the chain id, so it is kept beside it.</summary>
    public ulong? ChainId => db.Get(ChainIdKey, families["meta"]) is { } bytes
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : null;

    public ulong? Tip => db.Get(TipKey, families["meta"]) is { } bytes
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : null;

    public ulong IncludedTotal => db.Get(IncludedKey, families["meta"]) is { } bytes
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : 0;

    public AccountState? GetAccount(Address address) =>
        db.Get(address.ToArray(), families["acct"]) is { } bytes ? AccountState.Decode(bytes) : null;

    public UInt256 GetStorage(StorageKey key) =>
        db.Get(KeyOf(key), families["slot"]) is { } bytes ? UInt256.FromBigEndian(bytes) : default;

    public UInt256 SumOfBalances()
    {
        UInt256 sum = default;
        using var iterator = db.NewIterator(families["acct"]);
        for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            sum += AccountState.Decode(iterator.Value()).Balance;
        return sum;
    }

    public byte[]? GetTrieNode(ReadOnlySpan<byte> key) => db.Get(key.ToArray(), families["trie"]);

    public Block? Block(ulong height) =>
        db.Get(Number(height), families["blocks"]) is { } bytes ? Ledger.Blocks.Block.Decode(bytes) : null;

    public ulong? HeightOf(Hash256 block) => db.Get(block.ToArray(), families["hashes"]) is { } bytes
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : null;

    public IReadOnlyList<Receipt> Receipts(ulong height)
    {
        if (db.Get(Number(height), families["receipts"]) is not { } bytes)
            return [];
        var list = new RlpReader(bytes).ReadList();
        var receipts = new List<Receipt>();
        while (!list.IsEnd)
            receipts.Add(Receipt.DecodeStored(list.ReadItem()));
        return receipts;
    }

    public (ulong Height, int Index)? Locate(Hash256 transaction) =>
        db.Get(transaction.ToArray(), families["txidx"]) is { } bytes
            ? (BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)))
            : null;

    public CommitCertificate? Certificate(ulong height) =>
        db.Get(CertificateKey(height), families["meta"]) is { } bytes ? CommitCertificate.FromBytes(bytes) : null;

    public void WriteGenesis(BlockResult genesis, ulong chainId)
    {
        using var batch = new WriteBatch();
        batch.Put(ChainIdKey, Number(chainId), families["meta"]);
        batch.Put(GenesisKey, genesis.Block.Header.Hash().ToArray(), families["meta"]);
        Write(batch, genesis, 0);
    }

    public void Write(BlockResult result, CommitCertificate certificate, ulong includedTotal)
    {
        using var batch = new WriteBatch();
        batch.Put(CertificateKey(result.Block.Header.Number), certificate.ToBytes(), families["meta"]);
        Write(batch, result, includedTotal);
    }

    public void Dispose() => db.Dispose();

    private void Write(WriteBatch batch, BlockResult result, ulong includedTotal)
    {
        var header = result.Block.Header;
        var hash = header.Hash();
        WriteState(batch, result.StateDiff);
        batch.Put(Number(header.Number), result.Block.Encode(), families["blocks"]);
        batch.Put(hash.ToArray(), Number(header.Number), families["hashes"]);
        batch.Put(Number(header.Number), Encode(result.Receipts), families["receipts"]);
        for (var i = 0; i < result.Block.Transactions.Count; i++)
        {
            var place = new byte[12];
            BinaryPrimitives.WriteUInt64BigEndian(place, header.Number);
            BinaryPrimitives.WriteInt32BigEndian(place.AsSpan(8), i);
            batch.Put(result.Block.Transactions[i].Hash.ToArray(), place, families["txidx"]);
        }

        batch.Put(IncludedKey, Number(includedTotal), families["meta"]);
        batch.Put(TipKey, Number(header.Number), families["meta"]);
        db.Write(batch, new WriteOptions().SetSync(true));
    }

    private void WriteState(WriteBatch batch, StateDiff diff)
    {
        foreach (var (address, account) in diff.Accounts)
            Put(batch, "acct", address.ToArray(), account?.Encode());
        foreach (var (key, value) in diff.Storage)
            Put(batch, "slot", KeyOf(key), value.IsZero ? null : Hash256.FromUInt256(value).ToArray());
        foreach (var (key, node) in diff.TrieNodes)
            Put(batch, "trie", key, node);
    }

    private void Put(WriteBatch batch, string table, byte[] key, byte[]? value)
    {
        if (value is null)
            batch.Delete(key, families[table]);
        else
            batch.Put(key, value, families[table]);
    }

    private static byte[] Encode(IReadOnlyList<Receipt> receipts)
    {
        var writer = new RlpWriter(receipts.Count * 64);
        var list = writer.StartList();
        foreach (var receipt in receipts)
            writer.WriteRaw(receipt.EncodeStored());
        writer.EndList(list);
        return writer.ToArray();
    }

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] CertificateKey(ulong height) => [(byte)'c', .. Number(height)];

    private static byte[] KeyOf(StorageKey key) => [.. key.Contract.ToArray(), .. key.Slot.ToArray()];
}
