using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// The newest state in the tables: flat accounts and slots, and trie nodes. Read as it is now, or as a snapshot has it.
/// </summary>
internal sealed class StateTables(ChainDatabase database)
{
    /// <summary>A node of the account tree whose path is not longer than this is in the table of the top.</summary>
    private const int TopPath = 5;

    private readonly RocksDb db = database.Db;
    private readonly RlpWriter writer = new(FlatCodec.LongestAccount);

    public AccountState? Account(Hash256 key, ReadOptions? at = null)
    {
        Span<byte> bytes = stackalloc byte[FlatCodec.AccountKey];
        key.CopyTo(bytes);
        return db.Get(bytes, database.Accounts, at) is { } value ? FlatCodec.Decode(value) : null;
    }

    public UInt256 Slot(Hash256 owner, Hash256 slot, ReadOptions? at = null)
    {
        Span<byte> bytes = stackalloc byte[FlatCodec.SlotKey];
        FlatCodec.WriteSlotKey(owner, slot, bytes);
        return db.Get(bytes, database.Slots, at) is { } value ? UInt256.FromBigEndian(value) : default;
    }

    public byte[]? Node(ReadOnlySpan<byte> key, ReadOptions? at = null) => db.Get(key, TableOf(key), at);

    /// <summary>Which table a node is in, by its store key.</summary>
    public ColumnFamilyHandle TableOf(ReadOnlySpan<byte> key) => key[0] != TrieKey.AccountTree
        ? database.TrieSlots
        : key[^1] <= TopPath ? database.TrieTop : database.TrieAccounts;

    /// <summary>Puts a block's changes into its batch.</summary>
    public void Write(WriteBatch batch, StateDiff diff)
    {
        Span<byte> key = stackalloc byte[FlatCodec.SlotKey];
        foreach (var change in diff.Accounts)
        {
            change.Key.CopyTo(key);
            Put(batch, database.Accounts, key[..FlatCodec.AccountKey], Encode(change.After));
        }

        Span<byte> word = stackalloc byte[UInt256.Length];
        foreach (var change in diff.Slots)
        {
            FlatCodec.WriteSlotKey(change.Owner, change.Key, key);
            Put(batch, database.Slots, key, Encode(change.After, word));
        }

        foreach (var change in diff.TrieNodes)
            Put(batch, TableOf(change.Key), change.Key, change.After);
    }

    /// <summary>The flat value of an account; empty for none. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Encode(AccountState? account)
    {
        if (account is not { } state)
            return default;
        FlatCodec.Encode(writer, state);
        return writer.Written;
    }

    /// <summary>The flat value of a slot; empty for zero.</summary>
    public static ReadOnlySpan<byte> Encode(UInt256 value, Span<byte> word)
    {
        if (value.IsZero)
            return default;
        value.WriteBigEndian(word);
        return word;
    }

    /// <summary>Puts a value, or removes what has none.</summary>
    public static void Put(
        WriteBatch batch, ColumnFamilyHandle table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            batch.Delete(key, table);
        else
            batch.Put(key, value, table);
    }
}
