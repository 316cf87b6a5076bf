using System.Text.Json;

namespace Core.Tests;

/// <summary>Test vectors of other implementations, in specs/vectors.</summary>
internal static class Vectors
{
    /// <summary>The cases of a file.</summary>
    public static IReadOnlyList<JsonElement> Load(string name)
    {
        using var json = JsonDocument.Parse(Specification($"vectors/{name}.json"));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Clone())];
    }

    /// <summary>The text of a file in specs/.</summary>
    public static string Specification(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
            folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder!.FullName, "specs", file));
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
