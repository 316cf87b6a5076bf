using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>An event of a contract.</summary>
/// <param name="Address">The contract.</param>
/// <param name="Topics">At most four; the first is the hash of the event's signature.</param>
/// <param name="Data">What is not indexed.</param>
public sealed record Log(Address Address, IReadOnlyList<Hash256> Topics, ReadOnlyMemory<byte> Data)
{
    /// <summary>Reads a list of logs as receipts hold them.</summary>
    internal static List<Log> ReadList(ref RlpReader fields)
    {
        var list = fields.ReadList();
        var logs = new List<Log>();
        while (!list.IsEnd)
            logs.Add(Read(ref list));
        return logs;
    }

    private static Log Read(ref RlpReader logs)
    {
        var log = logs.ReadList();
        var address = log.ReadAddress();
        var topicList = log.ReadList();
        var topics = new List<Hash256>();
        while (!topicList.IsEnd)
            topics.Add(topicList.ReadHash());
        var data = log.ReadBytes().ToArray();
        log.EnsureEnd();
        return new Log(address, topics, data);
    }
}
