using System.Buffers.Binary;
using Aitbc.Node.Storage;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>
/// Goes back to an earlier height by the undo records, epoch by epoch from the newest. The target is written down
/// first: a rollback that is cut off is finished by running it again, and the node does not start before.
/// </summary>
internal sealed class ChainRollback : IDisposable
{
    private const int MostInBatch = 10_000;

    private readonly ChainDatabase database;
    private readonly ulong tip;
    private readonly ulong to;
    private readonly CancellationToken cancel;
    private readonly WriteBatch batch = new();

    private ChainRollback(ChainDatabase database, ulong tip, ulong to, CancellationToken cancel) =>
        (this.database, this.tip, this.to, this.cancel) = (database, tip, to, cancel);

    private delegate void RecordSink(ReadOnlySpan<byte> record, ReadOnlySpan<byte> value);

    public static RollbackReport Run(
        ChainDatabase database, ulong tip, ulong to, bool really, CancellationToken cancel)
    {
        using var rollback = new ChainRollback(database, tip, to, cancel);
        rollback.Refuse();
        var transactions = 0UL;
        for (var height = to + 1; height <= tip; height++)
            transactions += (ulong)(BlockCheck.TryRead(database, height)?.Transactions.Count ?? 0);
        var records = rollback.Walk((_, _) => { });
        if (really)
            rollback.Do();
        return new RollbackReport(tip, to, tip - to, transactions, records, really);
    }

    public void Dispose() => batch.Dispose();

    private void Refuse()
    {
        var oldest = new StateHistory(database, new StateTables(database)).Oldest;
        var begun = database.RollbackTarget;
        var reason = true switch
        {
            _ when begun is { } target && target != to =>
                $"A rollback to {target} was begun: it has to be finished first, with --to {target}.",
            _ when begun is null && to >= tip => $"The newest block is {tip}: there is nothing to go back from.",
            _ when to < oldest => $"Undo records reach back to block {oldest} only.",
            _ when BlockCheck.TryRead(database, to) is null => $"Block {to} is missing or cannot be read.",
            _ => null,
        };
        if (reason is not null)
            throw new NodeStartException(NodeStartException.RollbackRefused, $"{reason} Nothing was changed.");
    }

    private void Do()
    {
        var wasBegun = database.RollbackTarget is not null;
        batch.PutHeight(ChainDatabase.RollbackKey, to, database.Meta);
        WriteOut();
        RestoreState();
        if (!RemoveBlocks() || wasBegun)
        {
            // A block that cannot be read does not say what points to it.
            Sweep(database.Hashes);
            Sweep(database.TransactionIndex);
        }

        batch.Delete(ChainDatabase.RollbackKey, database.Meta);
        WriteOut();
    }

    // Every batch restores keys to what they were at the beginning of an epoch (or after the target) and removes all
    // their records of that epoch, so that it can be cut off between two and run again.
    private void RestoreState()
    {
        var tables = new StateTables(database);
        byte[] restored = [];
        Walk((record, value) =>
        {
            var key = record[StateHistory.Head..^sizeof(ulong)];
            // The first record of a key above the target has the oldest value.
            if (!record[..^sizeof(ulong)].SequenceEqual(restored))
            {
                WriteOutIfFull();
                StateTables.Put(batch, TableOf(tables, record[sizeof(uint)], key), key, value);
                restored = record[..^sizeof(ulong)].ToArray();
            }

            batch.Delete(record, database.Undo);
        });
        WriteOut();
    }

    // All records above the target; epochs from the newest to the oldest, within one by key and height.
    private long Walk(RecordSink sink)
    {
        var count = 0L;
        using var undo = database.Db.NewIterator(database.Undo, FlatState.Scan());
        Span<byte> start = stackalloc byte[sizeof(uint)];
        for (var epoch = tip / StateHistory.Epoch; epoch >= (to + 1) / StateHistory.Epoch; epoch--)
        {
            BinaryPrimitives.WriteUInt32BigEndian(start, checked((uint)epoch));
            for (undo.Seek(start); undo.IsAtEntry() && undo.GetKeySpan().StartsWith(start); undo.Next())
            {
                cancel.ThrowIfCancellationRequested();
                var record = undo.GetKeySpan();
                if (BinaryPrimitives.ReadUInt64BigEndian(record[^sizeof(ulong)..]) <= to)
                    continue;
                count++;
                sink(record, undo.GetValueSpan());
            }

            if (epoch == 0)
                break;
        }

        return count;
    }

    private ColumnFamilyHandle TableOf(StateTables tables, byte table, ReadOnlySpan<byte> key) => table switch
    {
        StateHistory.AccountTable => database.Accounts,
        StateHistory.SlotTable => database.Slots,
        _ => tables.TableOf(key),
    };

    // From the newest down, the tip with them; false if one could not be read.
    private bool RemoveBlocks()
    {
        var (height, isWhole) = (new byte[sizeof(ulong)], true);
        var included = database.Number(ChainDatabase.IncludedKey) ?? 0;
        for (var at = tip; at > to; at--)
        {
            cancel.ThrowIfCancellationRequested();
            var block = BlockCheck.TryRead(database, at);
            isWhole &= block is not null;
            foreach (var transaction in block?.Transactions ?? [])
                batch.Delete(transaction.Hash.ToArray(), database.TransactionIndex);
            if (block is not null)
            {
                batch.Delete(block.Header.Hash().ToArray(), database.Hashes);
                included -= Math.Min(included, (ulong)block.Transactions.Count);
            }

            FlatCodec.WriteHeight(at, height);
            batch.Delete(height, database.Blocks);
            batch.Delete(height, database.Receipts);
            batch.Delete(ChainDatabase.CertificateKey(at), database.Meta);
            batch.PutHeight(ChainDatabase.IncludedKey, included, database.Meta);
            batch.PutHeight(ChainDatabase.TipKey, at - 1, database.Meta);
            WriteOutIfFull();
        }

        WriteOut();
        return isWhole;
    }

    private void Sweep(ColumnFamilyHandle index)
    {
        using var iterator = database.Db.NewIterator(index, FlatState.Scan());
        for (iterator.SeekToFirst(); iterator.IsAtEntry(); iterator.Next())
        {
            if (BinaryPrimitives.ReadUInt64BigEndian(iterator.GetValueSpan()) <= to)
                continue;
            batch.Delete(iterator.GetKeySpan(), index);
            WriteOutIfFull();
        }

        WriteOut();
    }

    private void WriteOutIfFull()
    {
        if (batch.Count() >= MostInBatch)
            WriteOut();
    }

    private void WriteOut()
    {
        database.WriteSynced(batch);
        batch.Clear();
    }
}
