using System.Buffers.Binary;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using RocksDbSharp;

namespace Aitbc.Node.Storage;

/// <summary>
/// What every block replaced, by key and height (specs/storage.md, section 4): a value at an earlier height is the
/// first one replaced after it, or else the newest. Heights come in epochs that are forgotten as a whole.
/// </summary>
internal sealed class StateHistory(ChainDatabase database, StateTables tables)
{
    public const byte AccountTable = (byte)'a';
    public const byte SlotTable = (byte)'s';
    public const byte NodeTable = (byte)'n';

    /// <summary>Blocks of an epoch.</summary>
    public const ulong Epoch = 1_024;

    /// <summary>Epoch, table and length of the key.</summary>
    public const int Head = sizeof(uint) + 2;

    /// <summary>Under it is the earliest height of which the tables still know the state.</summary>
    public static readonly byte[] OldestKey = "historyFrom"u8.ToArray();

    private const int LongestKey = 128;

    /// <summary>The earliest height of which the tables still know the state.</summary>
    public ulong Oldest => database.Db.Get(OldestKey, database.Meta) is { } bytes
        ? BinaryPrimitives.ReadUInt64BigEndian(bytes)
        : 0;

    /// <summary>Puts what a block replaced into its batch, and forgets epochs that nobody may ask for.</summary>
    /// <param name="batch">The block's.</param>
    /// <param name="height">The block's.</param>
    /// <param name="diff">The block's.</param>
    /// <param name="window">Blocks before this one whose state is kept.</param>
    public void Write(WriteBatch batch, ulong height, StateDiff diff, ulong window)
    {
        Span<byte> key = stackalloc byte[FlatCodec.SlotKey];
        foreach (var change in diff.Accounts)
        {
            change.Key.CopyTo(key);
            Put(batch, height, AccountTable, key[..FlatCodec.AccountKey], tables.Encode(change.Before));
        }

        Span<byte> word = stackalloc byte[UInt256.Length];
        foreach (var change in diff.Slots)
        {
            FlatCodec.WriteSlotKey(change.Owner, change.Key, key);
            Put(batch, height, SlotTable, key, StateTables.Encode(change.Before, word));
        }

        foreach (var change in diff.TrieNodes)
            Put(batch, height, NodeTable, change.Key, change.Before);
        if (height % Epoch == 0 && height > window)
            Forget(batch, height - window);
    }

    /// <summary>
    /// The value that a key had after a height, if it was replaced since; empty = there was none.
    /// </summary>
    public static bool TryFind(
        Iterator undo, byte table, ReadOnlySpan<byte> key, ulong height, ulong tip, out ReadOnlySpan<byte> value)
    {
        Span<byte> wanted = stackalloc byte[Head + LongestKey + sizeof(ulong)];
        value = default;
        for (var epoch = (height + 1) / Epoch; epoch <= tip / Epoch; epoch++)
        {
            var from = Math.Max(height + 1, epoch * Epoch);
            var length = WriteKey(wanted, from, table, key);
            undo.Seek(wanted[..length]);
            if (!undo.IsAtEntry())
                return false;
            var found = undo.GetKeySpan();
            if (found.Length == length && found[..(Head + key.Length)].SequenceEqual(wanted[..(Head + key.Length)]))
            {
                value = undo.GetValueSpan();
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes epoch, table, length, key and height; returns the length of all.</summary>
    public static int WriteKey(Span<byte> destination, ulong height, byte table, ReadOnlySpan<byte> key)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, checked((uint)(height / Epoch)));
        destination[4] = table;
        destination[5] = checked((byte)key.Length);
        key.CopyTo(destination[Head..]);
        BinaryPrimitives.WriteUInt64BigEndian(destination[(Head + key.Length)..], height);
        return Head + key.Length + sizeof(ulong);
    }

    private void Put(WriteBatch batch, ulong height, byte table, ReadOnlySpan<byte> key, ReadOnlySpan<byte> before)
    {
        Span<byte> whole = stackalloc byte[Head + LongestKey + sizeof(ulong)];
        var length = WriteKey(whole, height, table, key);
        batch.Put(whole[..length], before, database.Undo);
    }

    // An epoch goes when the state of its last block is still known without it.
    private void Forget(WriteBatch batch, ulong oldestWanted)
    {
        var epochs = (oldestWanted + 1) / Epoch;
        var oldest = (epochs * Epoch) - 1;
        if (epochs == 0 || oldest <= Oldest)
            return;
        var (from, to) = (new byte[sizeof(uint)], new byte[sizeof(uint)]);
        BinaryPrimitives.WriteUInt32BigEndian(to, checked((uint)epochs));
        batch.DeleteRange(from, (ulong)from.Length, to, (ulong)to.Length, database.Undo);
        Span<byte> height = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(height, oldest);
        batch.Put(OldestKey, height, database.Meta);
    }
}
