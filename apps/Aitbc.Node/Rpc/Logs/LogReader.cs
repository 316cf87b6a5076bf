using System.Text.Json.Nodes;
using Aitbc.Node.Engine;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>Reads the logs of stored blocks; blooms say which blocks are read at all.</summary>
internal sealed class LogReader(Chain chain)
{
    /// <summary>
    /// Logs from one height to another. Stops after the block with which more than <paramref name="most"/> are found.
    /// </summary>
    /// <returns>The logs and the last height looked at.</returns>
    public (JsonArray Logs, ulong Last) Read(ulong from, ulong to, LogCriteria criteria, int most)
    {
        var found = new JsonArray();
        var height = from;
        while (true)
        {
            if (chain.Store.Block(height) is { Transactions.Count: > 0 } block && criteria.MayMatch(block))
            {
                var receipts = chain.Store.Receipts(height);
                for (var i = 0; i < receipts.Count; i++)
                {
                    foreach (var (shape, log) in RpcShapes.Logs(block, receipts, i).Zip(receipts[i].Logs))
                    {
                        if (criteria.Matches(log))
                            found.Add(shape);
                    }
                }
            }

            if (height >= to || found.Count > most)
                return (found, height);
            height++;
        }
    }
}
