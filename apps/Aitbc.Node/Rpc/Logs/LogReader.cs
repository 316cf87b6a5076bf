using System.Text.Json;
using Aitbc.Node.Rpc.Blocks;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Shapes;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>Reads the logs of stored blocks; blooms say which blocks are read at all.</summary>
internal sealed class LogReader(BlockReader blocks)
{
    /// <summary>
    /// Writes the logs from one height to another as array items. Stops after the block with which more than
    /// <paramref name="most"/> logs or bytes are written, and when the deadline passes.
    /// </summary>
    /// <returns>Logs written, and the last height looked at.</returns>
    public (int Count, ulong Last) Write(
        ulong from, ulong to, LogCriteria criteria, (int Logs, long Bytes) most, RpcDeadline deadline,
        Utf8JsonWriter json)
    {
        var count = 0;
        var begin = json.BytesCommitted + json.BytesPending;
        for (var height = from; ; height++)
        {
            deadline.Check();
            if (blocks.HeaderAt(height) is { } header && criteria.MayMatch(header))
                count += Write(blocks.At(height)!, criteria, json);
            if (height >= to || count > most.Logs || json.BytesCommitted + json.BytesPending - begin > most.Bytes)
                return (count, height);
        }
    }

    private static int Write(BlockView block, LogCriteria criteria, Utf8JsonWriter json)
    {
        var count = 0;
        for (var i = 0; i < block.Receipts.Count; i++)
        {
            var logs = block.Receipts[i].Logs;
            for (var j = 0; j < logs.Count; j++)
            {
                if (!criteria.Matches(logs[j]))
                    continue;
                ReceiptShape.WriteLog(json, block, i, j);
                count++;
            }
        }

        return count;
    }
}
