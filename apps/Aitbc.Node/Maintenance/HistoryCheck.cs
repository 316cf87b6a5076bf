using System.Buffers.Binary;
using Aitbc.Node.Storage;
using RocksDbSharp;

namespace Aitbc.Node.Maintenance;

/// <summary>Reads all undo records: each must say of what and of which height it is.</summary>
internal static class HistoryCheck
{
    /// <summary>Returns how many there are.</summary>
    public static long Run(ChainDatabase database, ulong tip, ProblemList problems, CancellationToken cancel)
    {
        var count = 0L;
        try
        {
            using var undo = database.Db.NewIterator(database.Undo, FlatState.Scan());
            for (undo.SeekToFirst(); undo.IsAtEntry(); undo.Next())
            {
                cancel.ThrowIfCancellationRequested();
                count++;
                if (!IsRecord(undo.GetKeySpan(), tip))
                {
                    var key = Convert.ToHexStringLower(undo.GetKeySpan());
                    problems.Add(ProblemKind.Undo, $"The undo record {key} is none of this chain.");
                }
            }
        }
        catch (RocksDbException e)
        {
            problems.Add(ProblemKind.Undo, $"The undo records cannot be read: {e.Message}");
        }

        return count;
    }

    private static bool IsRecord(ReadOnlySpan<byte> record, ulong tip)
    {
        if (record.Length <= StateHistory.Head + sizeof(ulong))
            return false;
        var height = BinaryPrimitives.ReadUInt64BigEndian(record[^sizeof(ulong)..]);
        return record[4] is StateHistory.AccountTable or StateHistory.SlotTable or StateHistory.NodeTable
            && record.Length == StateHistory.Head + record[5] + sizeof(ulong)
            && height <= tip
            && BinaryPrimitives.ReadUInt32BigEndian(record) == height / StateHistory.Epoch;
    }
}
