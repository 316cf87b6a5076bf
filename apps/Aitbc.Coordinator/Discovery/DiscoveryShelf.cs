using System.Globalization;
using System.Text.Json;
using Aitbc.Sdk.X402;

namespace Aitbc.Coordinator.Discovery;

/// <summary>
/// Paid resources that were seen lately. It is kept in memory: what is still sold is seen again. What is put here is
/// hostile, so its size is bounded, and of more than fits the one that was seen longest ago leaves.
/// </summary>
internal sealed class DiscoveryShelf(TimeProvider time)
{
    /// <summary>Most resources.</summary>
    public const int Most = 1000;

    private const int LongestAddress = 2048;
    private const int LongestText = 500;
    private const int MostOffers = 8;
    private const int MostCharacters = 16 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Takes a resource that describes itself; what does not, or not within the bounds, is left out.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="offers">Ways to pay, as they came.</param>
    /// <param name="resource">What it says of itself; null = nothing.</param>
    /// <param name="extensions">With <c>bazaar</c>.</param>
    public void Put(string address, IReadOnlyList<JsonElement> offers, JsonElement? resource, JsonElement? extensions)
    {
        if (address.Length > LongestAddress || !Uri.TryCreate(address, UriKind.Absolute, out var place)
            || place.Scheme is not ("http" or "https") || place.UserInfo.Length > 0
            || offers.Count is 0 or > MostOffers
            || Member(extensions, "bazaar") is not { } bazaar
            || Text(Member(Member(bazaar, "info"), "input"), "type") is not { Length: <= 16 } type
            || offers.Sum(o => o.GetRawText().Length) + bazaar.GetRawText().Length > MostCharacters)
            return;
        var now = time.GetUtcNow();
        var described = Text(resource, "description");
        var item = new DiscoveredResource(
            place.GetLeftPart(UriPartial.Query),
            type,
            2,
            [.. offers.Select(o => o.Clone())],
            now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            described is { Length: > LongestText } ? described[..LongestText] : described,
            extensions!.Value.Clone());
        lock (_gate)
        {
            _seen[item.Resource] = new Seen(item, now);
            if (_seen.Count > Most)
                _seen.Remove(_seen.MinBy(s => s.Value.At).Key);
        }
    }

    /// <summary>What is sold and fits, in the order of addresses.</summary>
    public IReadOnlyList<DiscoveredResource> List(Func<DiscoveredResource, bool> fits)
    {
        var oldest = time.GetUtcNow() - Life;
        lock (_gate)
        {
            foreach (var old in _seen.Where(s => s.Value.At < oldest).Select(s => s.Key).ToList())
                _seen.Remove(old);
            return [.. _seen.Values.Select(s => s.Item).Where(fits)];
        }
    }

    /// <summary>A text of an object, or null.</summary>
    public static string? Text(JsonElement? parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static JsonElement? Member(JsonElement? parent, string name) =>
        parent is { ValueKind: JsonValueKind.Object } p && p.TryGetProperty(name, out var value) ? value : null;

    private sealed record Seen(DiscoveredResource Item, DateTimeOffset At);
}
