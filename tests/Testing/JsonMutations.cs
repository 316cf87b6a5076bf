using System.Text.Json.Nodes;

namespace Aitbc.Testing;

/// <summary>
/// One small damage after the other to a JSON document: each member left out, made null, of another kind, too long, too
/// large, not a text of Unicode, or a list that holds nothing.
/// </summary>
public static class JsonMutations
{
    private static readonly string[] Values =
    [
        "null", "true", "-1", "0", "1e400", "18446744073709551616", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"",
        "[]", "{}", "[null]", "[[]]", "[{}]", "[\"\"]",
        $"\"{new string('a', 10_000)}\"", $"\"0x{new string('f', 66)}\"",
    ];

    /// <summary>The damaged texts, each with where it is damaged and by what.</summary>
    public static IEnumerable<(string Where, string Json)> Of(JsonNode document)
    {
        foreach (var path in PathsOf(document, []))
        {
            if (path is [.., string])
                yield return ($"{string.Join('/', path)} left out", Without(document, path));
            foreach (var value in Values)
            {
                var shown = value.Length > 30 ? value[..30] : value;
                yield return ($"{string.Join('/', path)} = {shown}", With(document, path, value));
            }
        }
    }

    private static IEnumerable<object[]> PathsOf(JsonNode? node, object[] path)
    {
        var children = node switch
        {
            JsonObject members => members.Select(m => ((object)m.Key, m.Value)),
            JsonArray items => items.Select((item, i) => ((object)i, item)),
            _ => [],
        };
        foreach (var (step, child) in children)
        {
            object[] next = [.. path, step];
            yield return next;
            foreach (var deeper in PathsOf(child, next))
                yield return deeper;
        }
    }

    private static string Without(JsonNode document, object[] path)
    {
        var copy = document.DeepClone();
        ParentOf(copy, path).AsObject().Remove((string)path[^1]);
        return copy.ToJsonString();
    }

    // Numbers out of range and half characters are no values of the tree: they are put into the text.
    private static string With(JsonNode document, object[] path, string value)
    {
        const string Mark = "7f5b1c9e-put-the-value-here";
        var copy = document.DeepClone();
        var parent = ParentOf(copy, path);
        if (path[^1] is string name)
            parent[name] = Mark;
        else
            parent[(int)path[^1]] = Mark;
        return copy.ToJsonString().Replace($"\"{Mark}\"", value, StringComparison.Ordinal);
    }

    private static JsonNode ParentOf(JsonNode document, object[] path) => path[..^1].Aggregate(
        document, (node, step) => step is string name ? node[name]! : node[(int)step]!);
}
