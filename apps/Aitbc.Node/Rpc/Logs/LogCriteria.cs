using System.Text.Json;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.Logs;

/// <summary>Which logs are wanted: any of the addresses, and at each position any of the topics.</summary>
internal sealed class LogCriteria
{
    private const int MostAddresses = 1_000;
    private const int MostPositions = 4;
    private const int MostTopics = 1_000;

    private readonly HashSet<Address> addresses;
    private readonly List<HashSet<Hash256>> topics;

    private LogCriteria(HashSet<Address> addresses, List<HashSet<Hash256>> topics)
    {
        this.addresses = addresses;
        this.topics = topics;
    }

    /// <summary>Reads address and topics of a filter object; absent is everything.</summary>
    public static LogCriteria Read(JsonElement? filter)
    {
        if (filter is not { } given)
            return new LogCriteria([], []);
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument: not a filter object");
        return new LogCriteria(Addresses(Field(given, "address")), Topics(Field(given, "topics")));
    }

    public static JsonElement? Field(JsonElement filter, string name) =>
        filter.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>False if the block's bloom says that it has none.</summary>
    public bool MayMatch(Block block)
    {
        var bloom = block.Header.LogsBloom;
        return (addresses.Count == 0 || addresses.Any(a => Bloom.MayContain(bloom.Span, a.ToArray())))
            && topics.TrueForAll(s => s.Count == 0 || s.Any(t => Bloom.MayContain(bloom.Span, t.ToArray())));
    }

    public bool Matches(Log log)
    {
        if (addresses.Count > 0 && !addresses.Contains(log.Address))
            return false;
        for (var i = 0; i < topics.Count; i++)
        {
            if (topics[i].Count > 0 && (i >= log.Topics.Count || !topics[i].Contains(log.Topics[i])))
                return false;
        }

        return true;
    }

    private static HashSet<Address> Addresses(JsonElement? element)
    {
        var set = Items(element, MostAddresses, "addresses").Select(RpcParams.Address).ToHashSet();
        return set;
    }

    private static List<HashSet<Hash256>> Topics(JsonElement? element)
    {
        if (element is not { } given)
            return [];
        if (given.ValueKind != JsonValueKind.Array)
            throw RpcError.InvalidParams("invalid argument: topics is not an array");
        if (given.GetArrayLength() > MostPositions)
            throw RpcError.InvalidParams("invalid argument: more than 4 topics");
        return [.. given.EnumerateArray().Select(p => Items(p, MostTopics, "topics").Select(Topic).ToHashSet())];
    }

    private static Hash256 Topic(JsonElement element) => Hash256.TryParse(RpcParams.Text(element), out var hash)
        ? hash
        : throw RpcError.InvalidParams("invalid argument: not a topic");

    private static IEnumerable<JsonElement> Items(JsonElement? element, int most, string what) => element switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() <= most
            ? list.EnumerateArray()
            : throw new RpcError(-32005, $"exceed max {what}: at most {most}"),
        { } one => [one],
    };
}
