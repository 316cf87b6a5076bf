using System.Text.Json;

namespace Core.Tests;

/// <summary>Test vectors of other implementations, in specs/vectors.</summary>
internal static class Vectors
{
    /// <summary>The cases of a file.</summary>
    public static IReadOnlyList<JsonElement> Load(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Aitbc.slnx")))
            folder = folder.Parent;
        var path = Path.Combine(folder!.FullName, "specs", "vectors", name + ".json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.Clone())];
    }

    public static string Text(this JsonElement element, string member) => element.GetProperty(member).GetString()!;
}
