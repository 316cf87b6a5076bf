using System.Text.Json;

namespace Aitbc.Provider.Doors;

/// <summary>Members of JSON that may be absent or null; other kinds than the wanted one throw.</summary>
internal static class JsonParts
{
    public static JsonElement? Member(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement element, string name) => element.Member(name)?.GetString();

    public static int? Int(this JsonElement element, string name) => element.Member(name)?.GetInt32();

    public static double? Double(this JsonElement element, string name) => element.Member(name)?.GetDouble();

    public static bool? Bool(this JsonElement element, string name) => element.Member(name)?.GetBoolean();

    /// <summary>A text or a list of texts.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element, string name) => element.Member(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } one => [one.GetString()!],
        { } many => [.. many.EnumerateArray().Select(t => t.GetString() ?? throw new FormatException())],
    };
}
