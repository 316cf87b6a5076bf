using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Bench.State;

/// <summary>So many accounts in the node's own tables, with their trie, in a folder that goes at the end.</summary>
internal sealed class LoadedState : IStateStore, IDisposable
{
    private const ulong Cache = 64UL << 20;
    private const int BatchSize = 50_000;
    private const ulong Window = 8_192;

    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-bench-").FullName;
    private readonly ChainDatabase database;
    private readonly StateTables tables;
    private readonly StateHistory history;
    private Hash256 root;
    private ulong height;
    private ulong random = 1;

    public LoadedState(int accounts)
    {
        Count = accounts;
        database = ChainDatabase.Open(Path.Combine(folder, "chain"), Cache);
        tables = new StateTables(database);
        history = new StateHistory(database, tables);
        Load();
    }

    public int Count { get; }

    public AccountState? GetAccount(Address address) => tables.Account(address.KeccakHash());

    public UInt256 GetStorage(StorageKey key) => default;

    public byte[]? GetTrieNode(ReadOnlySpan<byte> key) => tables.Node(key);

    /// <summary>Changes accounts chosen evenly and gives the new root, as the execution of a block does.</summary>
    public StateDiff Change(int accounts)
    {
        var world = new WorldState(this);
        foreach (var index in Choose(accounts))
            world.AddBalance(AddressOf(index), 1);
        return world.Commit(root);
    }

    /// <summary>Writes what changed with what it replaced, in one synced batch.</summary>
    public void Write(StateDiff diff)
    {
        using var batch = new WriteBatch();
        height++;
        history.Write(batch, height, diff, Window);
        tables.Write(batch, diff);
        database.WriteSynced(batch);
        root = diff.StateRoot;
    }

    public void Dispose()
    {
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Address AddressOf(int index)
    {
        Span<byte> bytes = stackalloc byte[Address.Length];
        BitConverter.TryWriteBytes(bytes[16..], index);
        return Address.FromBytes(bytes);
    }

    private void Load()
    {
        var keys = new Hash256[Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = AddressOf(i).KeccakHash();
        Array.Sort(keys);
        using var batch = new WriteBatch();
        var trie = new TrieBuilder((path, encoded) =>
        {
            var key = new byte[TrieKey.Length(TrieKey.Accounts, path.Length)];
            TrieKey.Write(TrieKey.Accounts, path, key);
            batch.Put(key, encoded, tables.TableOf(key));
        });
        var (writer, account) = (new RlpWriter(FlatCodec.LongestAccount), AccountState.Empty);
        for (var i = 0; i < keys.Length; i++)
        {
            account = account with { Nonce = (ulong)i, Balance = 1_000_000_000_000_000_000 };
            FlatCodec.Encode(writer, account);
            batch.Put(keys[i].ToArray(), writer.ToArray(), database.Accounts);
            trie.Add(keys[i].ToArray(), account.Encode());
            if (batch.Count() >= BatchSize)
                WriteOut(batch);
        }

        root = trie.Finish();
        WriteOut(batch);
        // As after a while, not as after a load.
        foreach (var table in new[] { database.Accounts, database.TrieTop, database.TrieAccounts })
            database.Db.CompactRange((byte[]?)null, null, table);
    }

    private void WriteOut(WriteBatch batch)
    {
        database.WriteSynced(batch);
        batch.Clear();
    }

    private HashSet<int> Choose(int accounts)
    {
        var chosen = new HashSet<int>(accounts);
        while (chosen.Count < accounts)
            chosen.Add((int)(Next() % (ulong)Count));
        return chosen;
    }

    // SplitMix64: the same accounts in every run.
    private ulong Next()
    {
        random += 0x9e3779b97f4a7c15;
        var z = (random ^ (random >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
