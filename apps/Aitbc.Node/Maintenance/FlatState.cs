using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Node.Storage;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>Takes a node that the flat tables give: its store key and its RLP.</summary>
internal delegate void NodeSink(ReadOnlySpan<byte> key, byte[] encoded);

/// <summary>
/// Reads the flat tables from one end to the other and derives the whole trie from them, in memory for one path.
/// </summary>
internal sealed class FlatState(ChainDatabase database, CancellationToken cancel)
{
    private const int LongestKey = 128;
    private readonly RlpWriter writer = new(128);

    public long Accounts { get; private set; }

    public long Slots { get; private set; }

    public long Nodes { get; private set; }

    /// <summary>A scan does not push the hot blocks out of the cache, and checks what it reads.</summary>
    public static ReadOptions Scan() => new ReadOptions().SetFillCache(false).SetVerifyChecksums(true);

    /// <summary>The state root, as the flat tables give it.</summary>
    /// <exception cref="RocksDbException">A table cannot be read to its end.</exception>
    /// <param name="sink">Takes every node that must be stored.</param>
    /// <param name="unreadable">Told of values that are none; they are left out.</param>
    /// <param name="wrongRoot">Told of accounts whose storage root is not that of their slots.</param>
    public Hash256 Derive(
        NodeSink sink, Action<string> unreadable, Action<Hash256, AccountState> wrongRoot)
    {
        var tree = Builder(TrieKey.Accounts, sink);
        using var accounts = database.Db.NewIterator(database.Accounts, Scan());
        using var slots = database.Db.NewIterator(database.Slots, Scan());
        slots.SeekToFirst();
        for (accounts.SeekToFirst(); accounts.IsAtEntry(); accounts.Next())
        {
            cancel.ThrowIfCancellationRequested();
            var key = accounts.Key();
            if (key.Length != FlatCodec.AccountKey || Read(accounts) is not { } account)
            {
                unreadable($"The account {Convert.ToHexStringLower(key)} cannot be read.");
                continue;
            }

            Accounts++;
            var root = StorageRoot(slots, key, sink, unreadable);
            if (root != account.StorageRoot)
            {
                account = account with { StorageRoot = root };
                wrongRoot(Hash256.FromBytes(key), account);
            }

            tree.Add(key, account.Encode());
        }

        if (slots.IsAtEntry())
            unreadable($"The slot {Convert.ToHexStringLower(slots.Key())} belongs to no account.");
        return tree.Finish();
    }

    private Hash256 StorageRoot(Iterator slots, byte[] owner, NodeSink sink, Action<string> unreadable)
    {
        TrieBuilder? tree = null;
        for (; slots.IsAtEntry(); slots.Next())
        {
            cancel.ThrowIfCancellationRequested();
            var key = slots.GetKeySpan();
            var order = key[..Math.Min(key.Length, owner.Length)].SequenceCompareTo(owner);
            if (order > 0)
                break;
            var value = slots.GetValueSpan();
            if (order < 0 || key.Length != FlatCodec.SlotKey || value.Length != UInt256.Length)
            {
                unreadable($"The slot {Convert.ToHexStringLower(key)} cannot be read or belongs to no account.");
                continue;
            }

            Slots++;
            tree ??= Builder(TrieKey.Storage(Hash256.FromBytes(owner)), sink);
            writer.Clear();
            writer.Write(UInt256.FromBigEndian(value));
            tree.Add(key[FlatCodec.AccountKey..], writer.ToArray());
        }

        return tree?.Finish() ?? MerkleTrie.EmptyRoot;
    }

    private TrieBuilder Builder(byte[] prefix, NodeSink sink) => new((path, encoded) =>
    {
        Span<byte> key = stackalloc byte[LongestKey];
        var length = TrieKey.Write(prefix, path, key);
        Nodes++;
        sink(key[..length], encoded);
    });

    private static AccountState? Read(Iterator accounts)
    {
        try
        {
            return FlatCodec.Decode(accounts.GetValueSpan());
        }
        catch (RlpException)
        {
            return null;
        }
    }
}
