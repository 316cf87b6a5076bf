using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Files;
using RocksDbSharp;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// A chain that begins with the state of one block (specs/storage.md, section 8), written beside its place. Only when
/// it is whole and synced does it get the chain's name: one that was cut off is removed at the next attempt.
/// </summary>
internal sealed class ChainRestore : IDisposable
{
    private const int MostInBatch = 10_000;
    private static readonly byte[] NoReceipts = [0xc0];

    private readonly string data;
    private readonly ChainDatabase database;
    private readonly StateTables tables;
    private readonly RlpWriter writer = new(FlatCodec.LongestAccount);
    private readonly WriteBatch batch = new();
    private readonly StateWalk walk;
    private readonly Hash256 stateRoot;
    private bool isClosed;

    /// <param name="data">The node's data folder, in which there is no chain.</param>
    /// <param name="cacheBytes">Of the database's cache.</param>
    /// <param name="stateRoot">From a header that is believed.</param>
    public ChainRestore(string data, ulong cacheBytes, Hash256 stateRoot)
    {
        if (HasChain(data))
            throw new InvalidOperationException($"There is a chain in {data}.");
        this.data = data;
        Directory.CreateDirectory(data);
        Clear(data);
        this.stateRoot = stateRoot;
        walk = new StateWalk(stateRoot);
        database = ChainDatabase.Open(Beside(data), cacheBytes);
        database.CheckLayout();
        tables = new StateTables(database);
    }

    /// <summary>True if every node has come.</summary>
    public bool IsWhole => walk.IsDone;

    /// <summary>The position of the next node; not to be asked for when all have come.</summary>
    public StatePosition Next => walk.Next;

    /// <summary>Nodes that have come.</summary>
    public long Nodes { get; private set; }

    /// <summary>True if there is a chain in a data folder.</summary>
    public static bool HasChain(string data) => File.Exists(Path.Combine(Place(data), "CURRENT"));

    /// <summary>Removes what an attempt before has left.</summary>
    public static void Clear(string data)
    {
        if (Directory.Exists(Beside(data)))
            Directory.Delete(Beside(data), recursive: true);
    }

    /// <summary>Takes the next node; false if it is another or none.</summary>
    public bool TryAdd(byte[] encoded)
    {
        if (walk.IsDone || walk.TryTake(encoded) is not { } node)
            return false;
        Nodes++;
        batch.Put(node.Key, node.Encoded, tables.TableOf(node.Key));
        Span<byte> key = stackalloc byte[FlatCodec.SlotKey];
        foreach (var (account, state) in node.Accounts)
        {
            account.CopyTo(key);
            FlatCodec.Encode(writer, state);
            batch.Put(key[..FlatCodec.AccountKey], writer.Written, database.Accounts);
        }

        Span<byte> word = stackalloc byte[UInt256.Length];
        foreach (var (owner, slot, value) in node.Slots)
        {
            FlatCodec.WriteSlotKey(owner, slot, key);
            StateTables.Put(batch, database.Slots, key, StateTables.Encode(value, word));
        }

        if (batch.Count() >= MostInBatch)
        {
            database.Db.Write(batch);
            batch.Clear();
        }

        return true;
    }

    /// <summary>Writes where the chain begins, and gives it its name.</summary>
    /// <param name="genesis">Block 0, so that it can be shown.</param>
    /// <param name="chainId">The chain's.</param>
    /// <param name="block">The block whose state this is; the next one follows it.</param>
    /// <param name="certificate">Its commit certificate.</param>
    /// <exception cref="InvalidOperationException">Nodes are missing, or they are of another block.</exception>
    public void Finish(BlockResult genesis, ulong chainId, Block block, byte[] certificate)
    {
        if (!walk.IsDone || stateRoot != block.Header.StateRoot)
            throw new InvalidOperationException("The state is not that of the block.");
        var height = block.Header.Number;
        Put(genesis.Block);
        Put(block);
        batch.PutHeight(ChainDatabase.ChainIdKey, chainId, database.Meta);
        batch.Put(ChainDatabase.GenesisKey, genesis.Block.Header.Hash().ToArray(), database.Meta);
        batch.Put(ChainDatabase.CertificateKey(height), certificate, database.Meta);
        batch.PutHeight(StateHistory.OldestKey, height, database.Meta);
        batch.PutHeight(ChainDatabase.WholeFromKey, height + 1, database.Meta);
        batch.PutHeight(ChainDatabase.SnapshotKey, height, database.Meta);
        batch.PutHeight(ChainDatabase.IncludedKey, 0, database.Meta);
        batch.PutHeight(ChainDatabase.TipKey, height, database.Meta);
        database.WriteSynced(batch);
        Close();
        Directory.Move(Beside(data), Place(data));
        DurableFile.SyncFolder(data);
    }

    public void Dispose()
    {
        Close();
        batch.Dispose();
    }

    private void Close()
    {
        if (!isClosed)
            database.Dispose();
        isClosed = true;
    }

    private void Put(Block block)
    {
        var height = new byte[sizeof(ulong)];
        FlatCodec.WriteHeight(block.Header.Number, height);
        batch.Put(height, block.Encode(), database.Blocks);
        batch.Put(block.Header.Hash().ToArray(), height, database.Hashes);
        // Of the snapshot's block nobody has told the receipts; that there is nothing is true of block 0 only.
        if (block.Header.Number == 0)
            batch.Put(height, NoReceipts, database.Receipts);
    }

    private static string Place(string data) => Path.Combine(data, "chain");

    private static string Beside(string data) => Path.Combine(data, "chain.restore");
}
