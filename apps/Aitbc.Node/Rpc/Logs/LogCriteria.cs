using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>Which logs are wanted: any of the addresses, and at each position any of the topics.</summary>
internal sealed class LogCriteria
{
    private const int MostPositions = 4;

    private readonly HashSet<Address> addresses;
    private readonly List<HashSet<Hash256>> topics;
    private readonly List<BloomBits[]> blooms;

    private LogCriteria(HashSet<Address> addresses, List<HashSet<Hash256>> topics)
    {
        this.addresses = addresses;
        this.topics = topics;
        blooms =
        [
            [.. addresses.Select(a => BloomBits.Of(a.ToArray()))],
            .. topics.Select(position => position.Select(t => BloomBits.Of(t.ToArray())).ToArray()),
        ];
    }

    /// <summary>Reads address and topics of a filter object; absent is everything.</summary>
    public static LogCriteria Read(JsonElement? filter, NodeOptions options)
    {
        if (filter is not { } given)
            return new LogCriteria([], []);
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument: not a filter object");
        var addresses = Items(RpcValue.Field(given, "address"u8), options.MaxLogAddresses, "addresses")
            .Select(RpcValue.Address);
        return new LogCriteria([.. addresses], Topics(RpcValue.Field(given, "topics"u8), options.MaxLogTopics));
    }

    /// <summary>False if the block's bloom says that it has none.</summary>
    public bool MayMatch(BlockHeader header)
    {
        var bloom = header.LogsBloom.Span;
        foreach (var any in blooms)
        {
            if (any.Length > 0 && !IsIn(bloom, any))
                return false;
        }

        // Nothing stands in it: no log at all.
        return bloom.ContainsAnyExcept((byte)0);
    }

    public bool Matches(Log log)
    {
        // A position that a log does not have matches nothing, not even "any".
        if (topics.Count > log.Topics.Count || (addresses.Count > 0 && !addresses.Contains(log.Address)))
            return false;
        for (var i = 0; i < topics.Count; i++)
        {
            if (topics[i].Count > 0 && !topics[i].Contains(log.Topics[i]))
                return false;
        }

        return true;
    }

    private static bool IsIn(ReadOnlySpan<byte> bloom, BloomBits[] any)
    {
        foreach (var bits in any)
        {
            if (bits.In(bloom))
                return true;
        }

        return false;
    }

    private static List<HashSet<Hash256>> Topics(JsonElement? element, int most)
    {
        if (element is not { } given)
            return [];
        if (given.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument: topics is not an array");
        if (given.GetArrayLength() > MostPositions)
            throw RpcError.TooMuch("exceed max topics: at most 4 positions");
        var read = new List<HashSet<Hash256>>();
        foreach (var position in given.EnumerateArray())
        {
            var alternatives = Items(position, most, "topics").Select(t => RpcValue.Hash(t, "a topic of 32 bytes"));
            read.Add([.. alternatives]);
        }

        return read.Sum(p => p.Count) <= most ? read : throw Exceeded("topics", most);
    }

    private static IEnumerable<JsonElement> Items(JsonElement? element, int most, string what) => element switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() <= most
            ? list.EnumerateArray()
            : throw Exceeded(what, most),
        { } one => [one],
    };

    private static RpcError Exceeded(string what, int most) =>
        RpcError.TooMuch($"exceed max {what}: at most {most}");
}
